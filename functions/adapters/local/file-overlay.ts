import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/keys.ts';
import { openFileSource } from '../../image/file-source.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { chunksOfParts, isNoSpace, writeNewFile } from './object-files.ts';

export interface OverlayFile {
  /** Absolute. */
  path: string;
  writable: boolean;
}

/**
 * Another store, some of whose objects are plain files under names of the user's choice: images where they lie, results
 * where they are wanted. A file is written beside, in `temporary` (a folder on the same disk), and renamed, so it is
 * whole or absent as objects are. `list` and `removeAll` do not see these files.
 */
export function fileOverlay(
  base: ObjectStore,
  { fileOf, temporary }: { fileOf(ref: ObjectRef): OverlayFile | undefined; temporary: string },
): ObjectStore {
  const missing = (ref: ObjectRef) => (error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Failure('objectMissing', [ref.key], { cause: error }) : error;
  };
  const get: ObjectStore['get'] = async (ref, range) => {
    const file = fileOf(ref);
    if (file === undefined) return base.get(ref, range);
    const { size } = await stat(file.path).catch(missing(ref));
    const start = range?.start ?? 0;
    const end = Math.min(range?.end ?? size, size);
    if (start >= end) return Readable.from([]);
    return createReadStream(file.path, { start, end: end - 1, highWaterMark: 1 << 20 });
  };
  const put: ObjectStore['put'] = async (ref, body, expected = {}) => {
    const file = fileOf(ref);
    if (file === undefined) return base.put(ref, body, expected);
    if (!file.writable) throw new Error(`${file.path} is a file of the user and read-only`);
    const written = join(temporary, randomUUID());
    try {
      await mkdir(temporary, { recursive: true });
      const head = await writeNewFile(written, body, { key: ref.key, expected });
      await mkdir(dirname(file.path), { recursive: true });
      await rename(written, file.path);
      return head;
    } catch (error) {
      await rm(written, { force: true });
      throw isNoSpace(error) ? new Failure('noSpace', [dirname(file.path)], { cause: error }) : error;
    }
  };
  return {
    async head(ref) {
      const file = fileOf(ref);
      if (file === undefined) return base.head(ref);
      try {
        const { size, mtimeMs } = await stat(file.path);
        return { bytes: size, modifiedAt: Math.floor(mtimeMs) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    get,
    async open(ref) {
      const file = fileOf(ref);
      if (file !== undefined) return openFileSource(file.path).catch(missing(ref));
      return base.open!(ref);
    },
    put,
    compose: (ref, parts) =>
      fileOf(ref) === undefined ? base.compose(ref, parts) : put(ref, chunksOfParts(parts, get)),
    list: (bucket, prefix, page) => base.list(bucket, prefix, page),
    async remove(ref) {
      const file = fileOf(ref);
      if (file === undefined) return base.remove(ref);
      if (!file.writable) throw new Error(`${file.path} is a file of the user and read-only`);
      await rm(file.path, { force: true });
    },
    removeAll: (bucket, prefix) => base.removeAll(bucket, prefix),
    [Symbol.asyncDispose]: () => base[Symbol.asyncDispose](),
  };
}
