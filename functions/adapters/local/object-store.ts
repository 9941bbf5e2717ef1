import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/keys.ts';
import { openFileSource } from '../../image/file-source.ts';
import { type Clock, systemClock } from '../../ports/clock.ts';
import type { Body, ByteRange, ObjectHead, ObjectStore, Part } from '../../ports/object-store.ts';
import { openObjectIndex } from './object-index.ts';

export interface LocalObjectStoreOptions {
  /** Folder of the store: `index.sqlite` and the bytes in `objects/`. */
  root: string;
  /** Also survives a power cut: every object is flushed to the disk before it is acknowledged. Default: false. */
  durable?: boolean;
  /** Objects that are files elsewhere, read-only: `head`, `get` and `open` see them, `list` does not. Absolute path or undefined. */
  mounts?: (ref: ObjectRef) => string | undefined;
  clock?: Clock;
}

export interface LocalObjectStore extends ObjectStore {
  open: NonNullable<ObjectStore['open']>;
}

/** Of one chunk of a stream. */
const readBytes = 256 << 10;
/** A file that no object points to is a leftover of a killed process once it is this old; before, somebody may be writing it. */
const leftoverMs = 60 * 60 * 1000;

/**
 * Objects as files named by numbers, and a SQLite index from key to number with size and CRC-32. So any key can be stored
 * on any disk (case, length, reserved names), a list needs no look at the files, a checksum no second read, and a put is
 * atomic without a rename: the file is written whole, then one transaction points the key to it. A killed put leaves a
 * file that the index calls loose; it is deleted by a later open.
 */
export async function openLocalObjectStore({
  root,
  durable = false,
  mounts = () => undefined,
  clock = systemClock,
}: LocalObjectStoreOptions): Promise<LocalObjectStore> {
  const index = openObjectIndex(join(root, 'index.sqlite'), { durable });
  const fileOf = (file: number) => join(root, 'objects', (file % 256).toString(16).padStart(2, '0'), String(file));

  const discard = async (files: readonly number[]) => {
    for (const file of files) await unlink(fileOf(file)).catch(unlessMissing);
    index.forget(files);
  };
  await discard(index.looseBefore(clock.now() - leftoverMs));

  /** Opens with `use`; an object that is replaced in between is looked up again. */
  const withFile = async <T>(ref: ObjectRef, use: (path: string) => Promise<T>): Promise<T> => {
    const mounted = mounts(ref);
    for (let tries = 0; ; tries++) {
      const entry = mounted === undefined ? index.find(ref) : undefined;
      const path = mounted ?? (entry && fileOf(entry.file));
      if (path === undefined) throw new Failure('objectMissing', [ref.key]);
      try {
        return await use(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        if (mounted !== undefined || index.find(ref)?.file === entry?.file || tries === 100) {
          throw new Failure('objectMissing', [ref.key], { cause: error });
        }
      }
    }
  };

  /** Writes `body` to a new file, then makes it the object. */
  const store = async (
    ref: ObjectRef,
    body: Body | AsyncIterable<Uint8Array>,
    expected: { crc32?: number; bytes?: number },
  ) => {
    if (mounts(ref) !== undefined) throw new Error(`${ref.bucket}/${ref.key} is a file of the user and read-only`);
    if (!ref.key.isWellFormed() || ref.key === '') throw new RangeError(`not a key: '${ref.key}'`);
    const file = index.reserve(clock.now());
    const path = fileOf(file);
    try {
      const written = await writeFile(path, body, durable);
      const difference = differs(written, expected);
      if (difference !== undefined) throw new Failure('objectCorrupt', [ref.key, difference]);
      const head = { ...written, modifiedAt: clock.now() };
      const replaced = index.point(ref, { ...head, file });
      if (replaced !== undefined) await discard([replaced]);
      return head;
    } catch (error) {
      await discardQuietly(discard, file);
      throw isNoSpace(error) ? new Failure('noSpace', [root], { cause: error }) : error;
    }
  };

  const get: ObjectStore['get'] = (ref, range) => withFile(ref, (path) => readRange(path, range));

  return {
    async head(ref) {
      const mounted = mounts(ref);
      if (mounted !== undefined) return headOfFile(mounted);
      const entry = index.find(ref);
      if (entry === undefined) return undefined;
      const { file: _, ...head } = entry;
      return head;
    },
    get,
    open: (ref) => withFile(ref, openFileSource),
    put: (ref, body, expected = {}) => store(ref, body, expected),
    compose: (ref, parts) => store(ref, joined(parts, get), {}),
    async list(bucket, prefix, { after, limit = 1000 } = {}) {
      const found = index.list(bucket, prefix, after, limit + 1);
      const objects = found.slice(0, limit).map(({ file: _, ...object }) => object);
      return found.length > limit ? { objects, after: objects.at(-1)!.key } : { objects };
    },
    async remove({ bucket, key }) {
      await discard(index.drop(bucket, [key], clock.now()));
    },
    async removeAll(bucket, prefix) {
      if (!prefix.endsWith('/')) throw new RangeError(`a prefix to remove ends in '/': '${prefix}'`);
      let removed = 0;
      for (;;) {
        const keys = index.list(bucket, prefix, undefined, 1000).map(({ key }) => key);
        if (keys.length === 0) return removed;
        const files = index.drop(bucket, keys, clock.now());
        await discard(files);
        removed += files.length;
      }
    },
    async [Symbol.asyncDispose]() {
      index[Symbol.dispose]();
    },
  };
}

async function headOfFile(path: string): Promise<ObjectHead | undefined> {
  const found = await stat(path).catch(unlessMissing);
  return found && { bytes: found.size, modifiedAt: Math.floor(found.mtimeMs) };
}

/** Makes the folder when it is the first file in it. */
async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'wx');
  }
}

async function writeFile(path: string, body: Body, durable: boolean): Promise<{ bytes: number; crc32: number }> {
  let bytes = 0;
  let checksum = 0;
  const file = await create(path);
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
      checksum = crc32(data, checksum);
      for (let done = 0; done < data.length; ) {
        done += (await file.write(data, done, data.length - done)).bytesWritten;
      }
      bytes += data.length;
    }
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  if (durable) await syncFolder(dirname(path));
  return { bytes, crc32: checksum };
}

/** A new file's name is on the disk only when its folder is. */
async function syncFolder(path: string) {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readRange(path: string, range: ByteRange | undefined): Promise<Readable> {
  if (range !== undefined && !(range.start >= 0 && range.end >= range.start)) {
    throw new RangeError(`not a range: ${range.start} to ${range.end}`);
  }
  const file = await open(path, constants.O_RDONLY);
  if (range === undefined) return file.createReadStream({ highWaterMark: readBytes });
  if (range.end === range.start) {
    await file.close();
    return Readable.from([], { objectMode: false });
  }
  return file.createReadStream({ start: range.start, end: range.end - 1, highWaterMark: readBytes });
}

async function* joined(parts: readonly Part[], get: ObjectStore['get']): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if ('bytes' in part) yield part.bytes;
    else yield* await get(part.from, part.range);
  }
}

function differs(written: { bytes: number; crc32: number }, expected: { crc32?: number; bytes?: number }) {
  if (expected.bytes !== undefined && written.bytes !== expected.bytes) {
    return `${written.bytes} bytes came, ${expected.bytes} were announced`;
  }
  if (expected.crc32 !== undefined && written.crc32 !== expected.crc32 >>> 0) return 'its checksum differs';
  return undefined;
}

const isNoSpace = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** After a failed put the first error matters; what cannot be deleted now stays loose and goes with a later open. */
async function discardQuietly(discard: (files: number[]) => Promise<void>, file: number) {
  await discard([file]).catch(() => undefined);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
