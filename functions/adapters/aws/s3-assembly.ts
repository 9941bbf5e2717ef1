import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { crc32Combine } from '../../core/crc32-combine.ts';
import { Failure } from '../../core/errors.ts';
import { composingPrefix, type ObjectRef } from '../../core/keys.ts';
import type { ByteRange, PutConditions, StoredObject } from '../../ports/object-store.ts';
import { checksumText } from '../../ports/signed-access.ts';
import { placeOf, type S3Account } from './s3-account.ts';
import { isConflict, writeFailure } from './s3-failures.ts';
import { cut, type S3Limits, s3Limits } from './s3-limits.ts';
import { type Multipart, startMultipart } from './s3-multipart.ts';
import { removeKeys } from './s3-remove.ts';
import { tasks } from './tasks.ts';

/** Parts under way at once: each sent one is held in memory. */
const sentAtOnce = 4;
const copiedAtOnce = 16;

/** One object in the making. After any failure, `discard`. */
export interface Assembly {
  /** The bytes may be used again when it returns. */
  append(bytes: Uint8Array): Promise<void>;
  /** `append` under a checksum that is known before the bytes are. */
  appendChecked(chunks: AsyncIterable<Uint8Array>, known: { bytes: number; crc32: number }): Promise<void>;
  /** A range that S3 copies: of twice `smallestPart` or more. */
  place(from: ObjectRef, range: ByteRange, checksum: number | undefined): Promise<void>;
  finish(conditions: PutConditions): Promise<StoredObject>;
  discard(): Promise<void>;
}

/**
 * Puts an object together from bytes and copied ranges as they come, in bounded memory. S3 wants 5 MiB of every part but
 * an object's last, and results in a zip are parted by heads of 100 bytes: so a range and the few bytes behind it become
 * an object of their own (there the few bytes are last), which is then copied as one part. Only the first bytes of all
 * have no range before them and borrow from the next. S3 checks the whole against the CRC-32 of the pieces.
 */
export function assemble(
  account: S3Account,
  ref: ObjectRef,
  read: (from: ObjectRef, range: ByteRange) => Promise<AsyncIterable<Uint8Array>>,
  limits: S3Limits = s3Limits,
): Assembly {
  const sends = tasks(sentAtOnce);
  const copies = tasks(copiedAtOnce);
  const folder = `${composingPrefix}${randomUUID()}/`;
  const between: ObjectRef[] = [];
  const spare: Buffer[] = [];
  let target: Multipart | undefined;
  let group: { upload: Multipart; ref: ObjectRef; bytes: number } | undefined;
  /** The last range, until it is known what follows. */
  let held: { from: ObjectRef; range: ByteRange } | undefined;
  let gathered: Buffer = Buffer.alloc(0);
  let filled = 0;
  let bytes = 0;
  let checksum: number | undefined = 0;

  /** Once it is full and its first part sent, what stays is enough for a part of its own. */
  const room = limits.sentPart + limits.smallestPart;
  const newBetween = (): ObjectRef => {
    const made = { bucket: ref.bucket, key: folder + between.length };
    between.push(made);
    return made;
  };

  /** Where the next part of so many bytes goes. */
  const upload = async (partBytes: number): Promise<Multipart> => {
    target ??= await startMultipart(account, ref);
    if (target.parts < limits.directParts) return target;
    if (group !== undefined && group.upload.parts >= limits.groupedParts) await closeGroup();
    if (group === undefined) {
      const made = newBetween();
      group = { upload: await startMultipart(account, made), ref: made, bytes: 0 };
    }
    group.bytes += partBytes;
    return group.upload;
  };
  const closeGroup = async () => {
    if (group === undefined) return;
    await Promise.all([sends.end(), copies.end()]);
    await group.upload.complete({ bytes: group.bytes });
    const whole = { from: group.ref, range: { start: 0, end: group.bytes } };
    group = undefined;
    for (const range of cut(whole.range, limits.copiedPart)) await copyTo(target!, whole.from, range);
  };

  const copyTo = async (to: Multipart, from: ObjectRef, range: ByteRange) => {
    const part = to.next();
    await copies.start(() => to.copy(part, from, range));
  };
  const copyHeld = async () => {
    if (held === undefined) return;
    const { from, range } = held;
    held = undefined;
    for (const piece of cut(range, limits.copiedPart)) await copyTo(await upload(length(piece)), from, piece);
  };
  /** Sends the first of the gathered bytes; the others stay. */
  const sendGathered = async (count: number, whereTo?: Multipart) => {
    await copyHeld();
    const to = whereTo ?? (await upload(count));
    const [part, sent] = [to.next(), gathered];
    const rest = sent.subarray(count, filled);
    gathered = spare.pop() ?? Buffer.allocUnsafeSlow(room);
    filled = 0;
    if (rest.length > 0) gather(rest);
    await sends.start(async () => {
      await to.send(part, sent.subarray(0, count));
      spare.push(sent);
    });
  };
  /** Of the bytes, what finds room. */
  const gather = (data: Uint8Array): number => {
    const count = Math.min(data.length, room - filled);
    if (gathered.length < filled + count) {
      const larger = Buffer.allocUnsafeSlow(Math.min(room, Math.max(filled + count, 2 * gathered.length, 65_536)));
      larger.set(gathered.subarray(0, filled));
      gathered = larger;
    }
    gathered.set(data.subarray(0, count), filled);
    filled += count;
    return count;
  };
  const appendRaw = async (data: Uint8Array) => {
    for (let done = 0; done < data.length; ) {
      const count = gather(data.subarray(done));
      done += count;
      if (count === 0) await sendGathered(limits.sentPart);
    }
  };

  /** Makes one part of the held range's end and the few bytes behind it. */
  const glue = async () => {
    const { from, range } = held!;
    const start = length(range) > limits.copiedPart ? range.end - limits.copiedPart / 2 : range.start;
    held = start > range.start ? { from, range: { start: range.start, end: start } } : undefined;
    await copyHeld();
    const [tail, few] = [{ start, end: range.end }, Buffer.from(gathered.subarray(0, filled))];
    filled = 0;
    const size = length(tail) + few.length;
    const to = await upload(size);
    const [part, glued] = [to.next(), newBetween()];
    await copies.start(async () => {
      const made = await startMultipart(account, glued);
      try {
        const [first, second] = [made.next(), made.next()];
        await settled([made.copy(first, from, tail), made.send(second, few)]);
        await made.complete({ bytes: size });
      } catch (error) {
        await abandon(made);
        throw error;
      }
      await to.copy(part, glued, { start: 0, end: size });
    });
  };

  const putWhole = async ({ absent }: PutConditions): Promise<StoredObject> => {
    const known = checksum!; // all bytes came through here
    const command = new PutObjectCommand({
      ...placeOf(account, ref),
      Body: gathered.subarray(0, filled),
      ChecksumAlgorithm: 'CRC32',
      ChecksumCRC32: checksumText(known),
      ...(absent && { IfNoneMatch: '*' }),
    });
    for (let attempt = 1; ; attempt++) {
      try {
        await account.client.send(command);
        return { bytes, crc32: known };
      } catch (error) {
        if (isConflict(error) && attempt < 5) continue; // S3: the other write may have failed, so send it again
        throw writeFailure(error, ref);
      }
    }
  };

  const removeBetween = () =>
    removeKeys(
      account,
      ref.bucket,
      between.map(({ key }) => key),
    );

  return {
    async append(data) {
      bytes += data.length;
      if (checksum !== undefined) checksum = crc32(data, checksum);
      await appendRaw(data);
    },
    async appendChecked(chunks, known) {
      let came = 0;
      for await (const chunk of chunks) {
        came += chunk.length;
        await appendRaw(chunk);
      }
      if (came !== known.bytes)
        throw new Failure('objectCorrupt', { key: ref.key, detail: 'a part of it is shorter than it was' });
      bytes += came;
      if (checksum !== undefined) checksum = crc32Combine(checksum, known.crc32, came);
    },
    async place(from, range, known) {
      bytes += length(range);
      checksum =
        checksum === undefined || known === undefined ? undefined : crc32Combine(checksum, known, length(range));
      const lacking = limits.smallestPart - filled;
      let { start } = range;
      if (filled > 0 && lacking > limits.borrowed && held !== undefined) await glue();
      else if (filled > 0) {
        if (lacking > 0) {
          for await (const chunk of await read(from, { start, end: start + lacking })) await appendRaw(chunk);
          start += lacking;
        }
        await sendGathered(filled);
      }
      await copyHeld();
      held = { from, range: { start, end: range.end } };
    },
    async finish(conditions) {
      const { absent, bytes: announced, crc32: promised } = conditions;
      if (announced !== undefined && bytes !== announced)
        throw new Failure('objectCorrupt', {
          key: ref.key,
          detail: `${bytes} bytes came, ${announced} were announced`,
        });
      if (promised !== undefined && checksum !== undefined && checksum !== promised >>> 0)
        throw new Failure('objectCorrupt', { key: ref.key, detail: 'its checksum differs' });
      if (target === undefined && held === undefined) return putWhole(conditions);
      await copyHeld();
      await closeGroup();
      target ??= await startMultipart(account, ref);
      if (filled > 0) await sendGathered(filled, target);
      await Promise.all([sends.end(), copies.end()]);
      const stored = await target.complete({ bytes, crc32: checksum ?? promised, absent });
      await removeBetween();
      return { bytes, ...stored };
    },
    async discard() {
      await Promise.allSettled([sends.end(), copies.end()]);
      for (const begun of [target, group?.upload]) if (begun !== undefined) await abandon(begun);
      await removeBetween().catch(leftToLifecycle);
    },
  };
}

const length = ({ start, end }: ByteRange): number => end - start;

/** Both have ended, well or not, before the first failure is thrown. */
async function settled(both: Promise<void>[]): Promise<void> {
  await Promise.allSettled(both);
  await Promise.all(both);
}

const abandon = (upload: Multipart): Promise<void> => upload.abort().catch(leftToLifecycle);

/** The failure before it is the one to tell; the bucket's lifecycle ends unfinished uploads, and objects in between, after a day. */
const leftToLifecycle = (): void => {};
