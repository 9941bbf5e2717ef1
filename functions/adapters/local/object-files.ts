import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { limiter } from '../../async/semaphore.ts';
import { Failure } from '../../core/errors.ts';
import { openFileSource } from '../../image/file-source.ts';
import type { ByteSource } from '../../image/image.ts';
import type { Body, ByteRange, ObjectStore, Parts } from '../../ports/object-store.ts';

/** A file up to this size is read and written in one call that blocks: the thread pool takes four trips and ten times as long. */
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

/**
 * Writes a file that must not exist yet; its folder is made. On any failure the file may be left, for the caller to
 * delete. Throws `objectCorrupt` when the body is not what was announced, and the system's own errors.
 */
export async function writeObjectFile(
  path: string,
  body: Body,
  { key, expected = {}, durable = false }: NewFile,
): Promise<{ bytes: number; crc32: number }> {
  let bytes = 0;
  let checksum = 0;
  let held: Uint8Array[] | undefined = durable ? undefined : []; // until there is more than a small file's
  let file: FileHandle | undefined;
  const write = async (data: Uint8Array) => {
    file ??= await create(path);
    for (let done = 0; done < data.length; ) done += (await file.write(data, done, data.length - done)).bytesWritten;
  };
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
      checksum = crc32(data, checksum);
      bytes += data.length;
      if (held !== undefined && bytes <= smallBytes) {
        held.push(Uint8Array.from(data)); // the sender may use its memory again
        continue;
      }
      for (const early of held ?? []) await write(early);
      held = undefined;
      await write(data);
    }
    if (expected.bytes !== undefined && bytes !== expected.bytes) {
      throw new Failure('objectCorrupt', { key, detail: `${bytes} bytes came, ${expected.bytes} were announced` });
    }
    if (expected.crc32 !== undefined && checksum !== expected.crc32 >>> 0) {
      throw new Failure('objectCorrupt', { key, detail: 'its checksum differs' });
    }
    if (held !== undefined) createSmall(path, Buffer.concat(held));
    else file ??= await create(path); // of an empty body
    if (durable && file !== undefined) await flushed(() => file!.sync());
  } finally {
    await file?.close();
  }
  if (durable) await flushed(() => syncFolder(dirname(path)));
  return { bytes, crc32: checksum };
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
  const whole = readFileSync(path);
  const part = (offset: number, length: number) => {
    if (!(offset >= 0 && length >= 0 && offset + length <= whole.length))
      throw new RangeError(`bytes ${offset}..${offset + length} of ${whole.length}`);
    return whole.subarray(offset, offset + length);
  };
  return {
    size: whole.length,
    read: async (offset, length) => Uint8Array.from(part(offset, length)),
    readInto: async (offset, target) => target.set(part(offset, target.length)),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The bytes of the parts of the object `key`. Throws `objectCorrupt` where a part's checksum differs. */
export async function* joinedParts(parts: Parts, key: string, get: ObjectStore['get']): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    if ('bytes' in part) {
      yield part.bytes;
      continue;
    }
    const chunks: AsyncIterable<Uint8Array> = await get(part.from, part.range);
    if (part.crc32 === undefined) yield* chunks;
    else yield* checked(chunks, part.crc32, key);
  }
}

async function* checked(chunks: AsyncIterable<Uint8Array>, expected: number, key: string): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  for await (const chunk of chunks) {
    checksum = crc32(chunk, checksum);
    yield chunk;
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
