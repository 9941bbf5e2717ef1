import { crc32 } from 'node:zlib';
import { crc32Combine } from '../../core/crc32-combine.ts';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { ByteRange, PutConditions, StoredObject } from '../../ports/object-store.ts';
import type { S3Account } from './s3-account.ts';
import { S3Intermediates } from './s3-intermediates.ts';
import { cut, type S3Limits } from './s3-limits.ts';
import { type Multipart, startMultipart } from './s3-multipart.ts';
import { PartBuffer } from './s3-part-buffer.ts';
import { putWhole } from './s3-put-whole.ts';
import { tasks } from './tasks.ts';

/** Parts under way at once: each sent one is held in memory. */
const sentAtOnce = 4;
const copiedAtOnce = 16;

interface ObjectRange {
  from: ObjectRef;
  range: ByteRange;
}

/** What an assembly is made with. */
export interface AssemblyOptions {
  account: S3Account;
  ref: ObjectRef;
  /** Bytes of an object that is copied from. */
  read: (from: ObjectRef, range: ByteRange) => Promise<AsyncIterable<Uint8Array>>;
  limits: S3Limits;
}

/**
 * One object in the making, from bytes and copied ranges as they come, in bounded memory. S3 wants 5 MiB of every part but
 * an object's last, and results in a zip are parted by heads of 100 bytes: so a range and the few bytes behind it become
 * an object of their own (there the few bytes are last), which is then copied as one part. Only the first bytes of all
 * have no range before them and borrow from the next. S3 checks the whole against the CRC-32 of the pieces.
 * After any failure, `discard`.
 */
export class S3Assembly {
  readonly #options: AssemblyOptions;
  readonly #sends = tasks(sentAtOnce);
  readonly #copies = tasks(copiedAtOnce);
  /** Bytes behind the last range. Once it is full and its first part sent, what stays is enough for a part of its own. */
  readonly #buffer: PartBuffer;
  /** Objects that parts are copied from. */
  readonly #intermediates: S3Intermediates;
  #target: Multipart | undefined;
  /** Beyond `directParts`, parts are collected in an intermediate object that becomes a few parts of the target. */
  #group: { upload: Multipart; ref: ObjectRef; bytes: number } | undefined;
  /** The last range, until it is known what follows. */
  #lastRange: ObjectRange | undefined;
  #bytes = 0;
  /** CRC-32 of all so far; undefined from the first range on whose own is not known. */
  #checksum: number | undefined = 0;

  constructor(options: AssemblyOptions) {
    this.#options = options;
    this.#intermediates = new S3Intermediates(options.account, options.ref.bucket);
    const { sentPart, smallestPart } = options.limits;
    this.#buffer = new PartBuffer(sentPart + smallestPart);
  }

  /** The bytes may be used again when it returns. */
  async append(data: Uint8Array): Promise<void> {
    this.#bytes += data.length;
    if (this.#checksum !== undefined) this.#checksum = crc32(data, this.#checksum);
    await this.#gather(data);
  }

  /** `append` under a checksum that is known before the bytes are. Throws `objectCorrupt` where fewer or more came. */
  async appendChecked(chunks: AsyncIterable<Uint8Array>, known: { bytes: number; crc32: number }): Promise<void> {
    let came = 0;
    for await (const chunk of chunks) {
      came += chunk.length;
      await this.#gather(chunk);
    }
    if (came !== known.bytes) throw this.#corrupt('a part of it is shorter than it was');
    this.#bytes += came;
    if (this.#checksum !== undefined) this.#checksum = crc32Combine(this.#checksum, known.crc32, came);
  }

  /** A range that S3 copies: of twice `smallestPart` or more. */
  async appendRange(from: ObjectRef, range: ByteRange, known: number | undefined): Promise<void> {
    const { limits, read } = this.#options;
    this.#bytes += length(range);
    this.#checksum =
      this.#checksum === undefined || known === undefined
        ? undefined
        : crc32Combine(this.#checksum, known, length(range));
    const lacking = limits.smallestPart - this.#buffer.filled;
    let { start } = range;
    if (this.#buffer.filled > 0 && lacking > limits.borrowed && this.#lastRange !== undefined) await this.#glue();
    else if (this.#buffer.filled > 0) {
      if (lacking > 0) {
        for await (const chunk of await read(from, { start, end: start + lacking })) await this.#gather(chunk);
        start += lacking;
      }
      await this.#sendGathered(this.#buffer.filled);
    }
    await this.#copyLastRange();
    this.#lastRange = { from, range: { start, end: range.end } };
  }

  async finish(conditions: PutConditions): Promise<StoredObject> {
    const { account, ref } = this.#options;
    const { absent, bytes: announced, crc32: expected } = conditions;
    if (announced !== undefined && this.#bytes !== announced)
      throw this.#corrupt(`${this.#bytes} bytes came, ${announced} were announced`);
    if (expected !== undefined && this.#checksum !== undefined && this.#checksum !== expected >>> 0)
      throw this.#corrupt('its checksum differs');
    if (this.#target === undefined && this.#lastRange === undefined) {
      const whole = { bytes: this.#buffer.peek(), crc32: this.#checksum! }; // all bytes came through here
      return putWhole(account, ref, whole, conditions);
    }
    await this.#copyLastRange();
    await this.#closeGroup();
    const target = await this.#startTarget();
    if (this.#buffer.filled > 0) await this.#sendGathered(this.#buffer.filled, target);
    await Promise.all([this.#sends.end(), this.#copies.end()]);
    const stored = await target.complete({ bytes: this.#bytes, crc32: this.#checksum ?? expected, absent });
    await this.#intermediates.remove();
    return { bytes: this.#bytes, ...stored };
  }

  async discard(): Promise<void> {
    await Promise.allSettled([this.#sends.end(), this.#copies.end()]);
    for (const begun of [this.#target, this.#group?.upload]) if (begun !== undefined) await abandon(begun);
    await this.#intermediates.remove().catch(leftToLifecycle);
  }

  /** Where the next part of so many bytes goes. */
  async #uploadFor(partBytes: number): Promise<Multipart> {
    const { account, limits } = this.#options;
    const target = await this.#startTarget();
    if (target.parts < limits.directParts) return target;
    if (this.#group !== undefined && this.#group.upload.parts >= limits.groupedParts) await this.#closeGroup();
    if (this.#group === undefined) {
      const ref = this.#intermediates.add();
      this.#group = { upload: await startMultipart(account, ref), ref, bytes: 0 };
    }
    this.#group.bytes += partBytes;
    return this.#group.upload;
  }

  async #startTarget(): Promise<Multipart> {
    this.#target ??= await startMultipart(this.#options.account, this.#options.ref);
    return this.#target;
  }

  async #closeGroup(): Promise<void> {
    const group = this.#group;
    if (group === undefined) return;
    await Promise.all([this.#sends.end(), this.#copies.end()]);
    await group.upload.complete({ bytes: group.bytes });
    this.#group = undefined;
    const target = await this.#startTarget();
    for (const range of cut({ start: 0, end: group.bytes }, this.#options.limits.copiedPart))
      await this.#copyTo(target, { from: group.ref, range });
  }

  async #copyTo(to: Multipart, { from, range }: ObjectRange): Promise<void> {
    const part = to.next();
    await this.#copies.start(() => to.copy(part, from, range));
  }

  async #copyLastRange(): Promise<void> {
    const last = this.#lastRange;
    if (last === undefined) return;
    this.#lastRange = undefined;
    for (const range of cut(last.range, this.#options.limits.copiedPart))
      await this.#copyTo(await this.#uploadFor(length(range)), { from: last.from, range });
  }

  async #gather(data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.length; ) {
      const count = this.#buffer.add(data.subarray(done));
      done += count;
      if (count === 0) await this.#sendGathered(this.#options.limits.sentPart);
    }
  }

  /** Sends the first of the gathered bytes; the others stay. */
  async #sendGathered(count: number, whereTo?: Multipart): Promise<void> {
    await this.#copyLastRange();
    const to = whereTo ?? (await this.#uploadFor(count));
    const part = to.next();
    const { bytes, release } = this.#buffer.take(count);
    await this.#sends.start(async () => {
      await to.send(part, bytes);
      release();
    });
  }

  /** Makes one part of the last range's end and the few bytes behind it. */
  async #glue(): Promise<void> {
    const { account, limits } = this.#options;
    const { from, range } = this.#lastRange!;
    const start = length(range) > limits.copiedPart ? range.end - limits.copiedPart / 2 : range.start;
    this.#lastRange = start > range.start ? { from, range: { start: range.start, end: start } } : undefined;
    await this.#copyLastRange();
    const tail = { start, end: range.end };
    const few = this.#buffer.takeCopy();
    const bytes = length(tail) + few.length;
    const to = await this.#uploadFor(bytes);
    const [part, glued] = [to.next(), this.#intermediates.add()];
    await this.#copies.start(async () => {
      const made = await startMultipart(account, glued);
      try {
        const [first, second] = [made.next(), made.next()];
        await settled([made.copy(first, from, tail), made.send(second, few)]);
        await made.complete({ bytes });
      } catch (error) {
        await abandon(made);
        throw error;
      }
      await to.copy(part, glued, { start: 0, end: bytes });
    });
  }

  #corrupt(detail: string): Failure {
    return new Failure('objectCorrupt', { key: this.#options.ref.key, detail });
  }
}

const length = ({ start, end }: ByteRange): number => end - start;

/** Both have ended, well or not, before the first failure is thrown. */
async function settled(both: Promise<void>[]): Promise<void> {
  await Promise.allSettled(both);
  await Promise.all(both);
}

const abandon = (upload: Multipart): Promise<void> => upload.abort().catch(leftToLifecycle);

/** The failure before it is the one to report; the bucket's lifecycle ends unfinished uploads and intermediate objects after a day. */
const leftToLifecycle = (): void => {};
