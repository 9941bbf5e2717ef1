import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { limiter } from '../../async/semaphore.ts';
import { crc32Combine } from '../../core/crc32-combine.ts';
import { Failure } from '../../core/errors.ts';
import { openFileSource, sourceOfBytes } from '../../image/file-source.ts';
import type { ByteSource } from '../../image/image.ts';
import type { ByteRange } from '../../ports/object-store.ts';
import { copyElsewhere } from './copy-threads.ts';
import { type CopiedBytes, partDiffers, type SummedBody, type SummedBytes } from './object-body.ts';

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
  await using file = new FileWriter(path, key);
  for await (const chunk of body instanceof Uint8Array ? [body] : body) await file.add(chunk);
  assertExpected(file, key, expected);
  await file.end(durable);
  if (durable) await flushed(() => syncFolder(dirname(path)));
  return { bytes: file.bytes, crc32: file.crc32 };
}

/** Opens the file with the first bytes that are worth it; small chunks are written together. */
class FileWriter {
  /** Of all that was added. */
  bytes = 0;
  crc32 = 0;
  readonly #path: string;
  readonly #key: string;
  #file: FileHandle | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(path: string, key: string) {
    this.#path = path;
    this.#key = key;
  }

  async add(chunk: string | Uint8Array | SummedBytes | CopiedBytes): Promise<void> {
    if (typeof chunk === 'string') await this.#take(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) await this.#take(chunk);
    else if ('data' in chunk) await this.#take(chunk.data, chunk.crc32);
    else await this.#copy(chunk);
  }

  /** Writes what is held; an empty body makes an empty file. */
  async end(durable: boolean): Promise<void> {
    if (this.#file === undefined && !durable) return createSmall(this.#path, Buffer.concat(this.#held));
    await this.#writeHeld();
    const file = await this.#opened();
    if (durable) await flushed(() => file.sync());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
  }

  async #take(data: Uint8Array, sum?: number): Promise<void> {
    if (this.#heldBytes + data.length > smallBytes) await this.#writeHeld();
    this.crc32 = sum === undefined ? crc32(data, this.crc32) : crc32Combine(this.crc32, sum, data.length);
    this.bytes += data.length;
    if (data.length > smallBytes) return this.#write(data, this.bytes - data.length);
    this.#held.push(Uint8Array.from(data)); // the sender may use its memory again
    this.#heldBytes += data.length;
  }

  async #copy({ copy, crc32: expected }: CopiedBytes): Promise<void> {
    await this.#writeHeld();
    const { fd } = await this.#opened();
    const { crc32: sum, length } = await copyElsewhere({ ...copy, to: fd, at: this.bytes });
    const detail = `a part ends after ${length} of ${copy.length} bytes`;
    if (length !== copy.length) throw new Failure('objectCorrupt', { key: this.#key, detail });
    if (expected !== undefined && sum !== expected >>> 0) throw partDiffers(this.#key);
    this.crc32 = crc32Combine(this.crc32, sum, length);
    this.bytes += length;
  }

  async #writeHeld(): Promise<void> {
    if (this.#heldBytes > 0)
      await this.#write(
        this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held),
        this.bytes - this.#heldBytes,
      );
    this.#held = [];
    this.#heldBytes = 0;
  }

  async #write(data: Uint8Array, at: number): Promise<void> {
    const file = await this.#opened();
    for (let done = 0; done < data.length; )
      done += (await file.write(data, done, data.length - done, at + done)).bytesWritten;
  }

  async #opened(): Promise<FileHandle> {
    this.#file ??= await create(this.#path);
    return this.#file;
  }
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
