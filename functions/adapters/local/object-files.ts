import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { limiter } from '../../async/semaphore.ts';
import { crc32Combine } from '../../core/crc32-combine.ts';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import { openFileSource, sourceOfBytes } from '../../image/file-source.ts';
import type { ByteSource } from '../../image/image.ts';
import { sourceChunks } from '../../object-streams/object-chunks.ts';
import type { Body, ByteRange, ObjectStore, Part, Parts } from '../../ports/object-store.ts';

/**
 * A file up to this size is read and written in one call that blocks: the thread pool takes four trips and ten times as
 * long. Chunks up to this size are written together.
 */
const smallBytes = 64 << 10;

/**
 * Flushes at a time: two of the four threads that Node has for all of its file work, so that many uploads do not keep the
 * job table from the disk.
 */
const flushed = limiter(2);

/** Of one chunk of a stream. */
const readBytes = 256 << 10;

export interface NewFile {
  /** Of the object, for the failure's text. */
  key: string;
  expected?: { crc32?: number; bytes?: number };
  /** Flushed to the disk, so that a power cut cannot take it. */
  durable?: boolean;
}

function assertExpected(
  came: { bytes: number; crc32: number },
  key: string,
  expected: NonNullable<NewFile['expected']>,
) {
  if (expected.bytes !== undefined && came.bytes !== expected.bytes)
    throw new Failure('objectCorrupt', { key, detail: `${came.bytes} bytes came, ${expected.bytes} were announced` });
  if (expected.crc32 !== undefined && came.crc32 !== expected.crc32 >>> 0)
    throw new Failure('objectCorrupt', { key, detail: 'its checksum differs' });
}

/**
 * Writes a file that must not exist yet; its folder is made. On any failure the file may be left, for the caller to
 * delete. Throws `objectCorrupt` when the body is not what was announced, and the system's own errors.
 */
export async function writeObjectFile(
  path: string,
  body: SummedBody,
  { key, expected = {}, durable = false }: NewFile,
): Promise<{ bytes: number; crc32: number }> {
  let bytes = 0;
  let checksum = 0;
  let held: Uint8Array[] = []; // small chunks, to be written together
  let heldBytes = 0;
  let file: FileHandle | undefined;
  const write = async (data: Uint8Array) => {
    file ??= await create(path);
    for (let done = 0; done < data.length; ) done += (await file.write(data, done, data.length - done)).bytesWritten;
  };
  const writeHeld = async () => {
    if (heldBytes > 0) await write(held.length === 1 ? held[0]! : Buffer.concat(held));
    held = [];
    heldBytes = 0;
  };
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      const { data, crc32: sum } = bytesOf(chunk);
      checksum = sum === undefined ? crc32(data, checksum) : crc32Combine(checksum, sum, data.length);
      bytes += data.length;
      if (heldBytes + data.length > smallBytes) await writeHeld();
      if (data.length > smallBytes) await write(data);
      else {
        held.push(Uint8Array.from(data)); // the sender may use its memory again
        heldBytes += data.length;
      }
    }
    assertExpected({ bytes, crc32: checksum }, key, expected);
    if (file === undefined && !durable) createSmall(path, Buffer.concat(held));
    else await writeHeld();
    if (durable) file ??= await create(path); // of an empty body
    if (durable && file !== undefined) await flushed(() => file!.sync());
  } finally {
    await file?.close();
  }
  if (durable) await flushed(() => syncFolder(dirname(path)));
  return { bytes, crc32: checksum };
}

function bytesOf(chunk: string | Uint8Array | SummedBytes): { data: Uint8Array; crc32?: number } {
  if (typeof chunk === 'string') return { data: Buffer.from(chunk) };
  return chunk instanceof Uint8Array ? { data: chunk } : chunk;
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    return open(path, 'wx');
  }
}

/** Node's recursive mkdir calls a read-only disk a missing folder; a plain one says what it is. */
const makeFolder = (path: string): Promise<unknown> =>
  mkdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return mkdir(path);
  });

/** In one call that blocks. */
function createSmall(path: string, data: Uint8Array): void {
  try {
    writeFileSync(path, data, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data, { flag: 'wx' });
  }
}

/** A file's name is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The file as it is now, also when its name goes to another. A range is cut to the file. `bytes`: of the file, where known. */
export async function readRange(
  path: string | Buffer,
  range: ByteRange | undefined,
  bytes = Infinity,
): Promise<Readable> {
  if (range !== undefined && !(range.start >= 0 && range.end >= range.start)) {
    throw new RangeError(`not a range: ${range.start} to ${range.end}`);
  }
  if (bytes <= smallBytes) {
    return Readable.from([readFileSync(path).subarray(range?.start, range?.end)], { objectMode: false });
  }
  const file = await open(path, 'r');
  if (range === undefined) return file.createReadStream({ highWaterMark: readBytes });
  if (range.end === range.start) {
    await file.close();
    return Readable.from([], { objectMode: false });
  }
  return file.createReadStream({ start: range.start, end: range.end - 1, highWaterMark: readBytes });
}

/** Random access to the file as it is now. `bytes`: of the file. */
export async function openObjectFile(path: string | Buffer, bytes: number): Promise<ByteSource & AsyncDisposable> {
  if (bytes > smallBytes) return openFileSource(path);
  return { ...sourceOfBytes(readFileSync(path)), [Symbol.asyncDispose]: async () => {} };
}

/** Bytes whose checksum is known. */
export interface SummedBytes {
  data: Uint8Array;
  crc32: number;
}

/** A body, of which some chunks bring their checksums. */
export type SummedBody = Body | AsyncIterable<Uint8Array | SummedBytes>;

/** The bytes of the parts of the object `key`. Throws `objectCorrupt` where a part's checksum differs. */
export async function* joinedParts(
  parts: Parts,
  key: string,
  store: Pick<ObjectStore, 'get' | 'open'>,
): AsyncGenerator<Uint8Array | SummedBytes> {
  for await (const part of parts) {
    if ('bytes' in part) {
      yield part.bytes;
      continue;
    }
    const chunks = store.open === undefined ? await store.get(part.from, part.range) : openedPart(part, store.open);
    if (part.crc32 === undefined) yield* chunks as AsyncIterable<Uint8Array>;
    else yield* checked(chunks, part.crc32, key);
  }
}

/** A range is cut to the object, as `get` does. */
async function* openedPart(
  { from, range }: Extract<Part, { from: ObjectRef }>,
  open: NonNullable<ObjectStore['open']>,
): AsyncGenerator<Uint8Array> {
  await using source = await open(from);
  yield* sourceChunks(source, range?.start ?? 0, Math.min(range?.end ?? source.size, source.size));
}

/** Each chunk is summed once: here, and not again by who writes it. */
async function* checked(chunks: AsyncIterable<Uint8Array>, expected: number, key: string): AsyncGenerator<SummedBytes> {
  let checksum = 0;
  for await (const data of chunks) {
    const sum = crc32(data);
    checksum = crc32Combine(checksum, sum, data.length);
    yield { data, crc32: sum };
  }
  if (checksum !== expected >>> 0)
    throw new Failure('objectCorrupt', { key, detail: 'the checksum of a part differs' });
}

/** The failure that the system's error means: the disk is full, or read-only. Undefined for any other error. */
export function diskFailure(error: unknown, where: string): Failure | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (isNoSpace(error)) return new Failure('noSpace', { where }, { cause: error });
  if (['EROFS', 'EACCES', 'EPERM'].includes(code))
    return new Failure('storeUnwritable', { where, detail: message }, { cause: error });
  return undefined;
}

const isNoSpace = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
