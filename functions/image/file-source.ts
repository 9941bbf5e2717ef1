import { close, constants, fstat, open, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { Failure } from '../core/errors.ts';
import type { ByteSource, SourceHandle } from './image.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat);

/** Reads of at least this many bytes are split, so that several threads copy (and fault in) the pages at once. */
const splitBytes = 4 << 20;
const partsOfSplit = 4;
/** read(2) moves at most 2^31 - 4096 bytes a call. */
const mostAtOnce = 1 << 30;

/** Fills `target` from `offset` on, however short the single reads are. */
async function fill(file: number, offset: number, target: Uint8Array): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const wanted = Math.min(target.length - done, mostAtOnce);
    const got = await new Promise<number>((resolve, reject) =>
      read(file, target, done, wanted, offset + done, (error, bytes) => (error ? reject(error) : resolve(bytes))),
    );
    if (got === 0) throw shorter(offset + done);
    done += got;
  }
}

const shorter = (at: number) =>
  new Failure('imageBroken', { detail: `it became shorter while it was read (at byte ${at})` });

/**
 * Opens a file for random access. Throws the system's own error (ENOENT, EISDIR, EACCES) when it cannot be opened, and
 * `imageUnreadable` for a pipe or device, without waiting for anybody to write into it.
 */
export async function openFileSource(path: string | Buffer): Promise<ByteSource & AsyncDisposable> {
  const file = await openFile(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // Windows has no such flag
  try {
    const stats = await statFile(file);
    const { size } = stats;
    if (!stats.isFile())
      throw new Failure('imageUnreadable', { why: 'it is a pipe, a device or a folder, not a file' });
    return { ...sourceOn(file, size), [Symbol.asyncDispose]: () => closeFile(file) };
  } catch (error) {
    await closeFile(file);
    throw error;
  }
}

/** The source that a handle stands for. It does not close what whoever made the handle has open. */
export function sourceOf(handle: SourceHandle): ByteSource {
  if ('descriptor' in handle) return sourceOn(handle.descriptor, handle.size);
  return sourceOfBytes(handle.bytes);
}

/** Random access to bytes in memory. */
export function sourceOfBytes(bytes: Uint8Array): ByteSource {
  const part = (offset: number, length: number) => {
    if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
      throw new RangeError(`bytes ${offset}..${offset + length} of ${bytes.length}`);
    return bytes.subarray(offset, offset + length);
  };
  return {
    size: bytes.length,
    handle: { bytes },
    read: async (offset, length) => Uint8Array.from(part(offset, length)),
    readInto: async (offset, target) => target.set(part(offset, target.length)),
  };
}

function sourceOn(file: number, size: number): ByteSource {
  const readInto = async (offset: number, target: Uint8Array): Promise<void> => {
    if (!(offset >= 0 && offset + target.length <= size))
      throw new RangeError(`bytes ${offset}..${offset + target.length} of ${size}`);
    const step = target.length < splitBytes ? target.length : Math.ceil(target.length / partsOfSplit / 4096) * 4096;
    const parts: Promise<void>[] = [];
    for (let at = 0; at < target.length; at += step)
      parts.push(fill(file, offset + at, target.subarray(at, at + step)));
    await Promise.all(parts);
  };
  return {
    size,
    handle: { descriptor: file, size },
    readInto,
    readIntoNow(offset, target) {
      if (!(offset >= 0 && offset + target.length <= size))
        throw new RangeError(`bytes ${offset}..${offset + target.length} of ${size}`);
      for (let done = 0; done < target.length; ) {
        const got = readSync(file, target, done, target.length - done, offset + done);
        if (got === 0) throw shorter(offset + done);
        done += got;
      }
    },
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= size))
        throw new RangeError(`bytes ${offset}..${offset + length} of ${size}`);
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      await readInto(offset, bytes);
      return bytes;
    },
  };
}
