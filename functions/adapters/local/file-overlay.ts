import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import { specialKind, unreadableReason } from '../../core/unreadable.ts';
import { type Clock, systemClock } from '../../ports/clock.ts';
import type { ObjectStore, PutConditions } from '../../ports/object-store.ts';
import { joinedParts, type SummedBody } from './object-body.ts';
import { diskFailure, openObjectFile, readRange, writeObjectFile } from './object-files.ts';

export type OverlayFile =
  | { path: string; writable: true }
  /** A file of the user, only read; by its bytes where its name is not UTF-8. */
  | { path: string | Buffer; writable: false };

/**
 * Another store, some of whose objects are plain files under names of the user's choice: images where they lie, results
 * where they are wanted. A file is written beside, in `temporary` (a folder on the same disk), and renamed, so it is
 * whole or absent as objects are. `list` and `removeAll` do not see these files.
 */
export function fileOverlay(
  base: ObjectStore,
  {
    fileOf,
    temporary,
    clock = systemClock,
  }: { fileOf(ref: ObjectRef): OverlayFile | undefined; temporary: string; clock?: Clock },
): ObjectStore {
  const checksums = new Map<string, number>(); // of files written by this process: the others are not read for it
  const refused =
    (ref: ObjectRef, { writable }: OverlayFile) =>
    (error: NodeJS.ErrnoException) => {
      if (!writable) throw unreadable(error) ?? error;
      throw error.code === 'ENOENT' ? new Failure('objectMissing', { key: ref.key }, { cause: error }) : error;
    };
  const get: ObjectStore['get'] = async (ref, range) => {
    const file = fileOf(ref);
    if (file === undefined) return base.get(ref, range);
    return readExisting(file.path, (bytes) => readRange(file.path, range, bytes)).catch(refused(ref, file));
  };
  const open: NonNullable<ObjectStore['open']> = async (ref) => {
    const file = fileOf(ref);
    if (file !== undefined)
      return readExisting(file.path, (bytes) => openObjectFile(file.path, bytes)).catch(refused(ref, file));
    return base.open!(ref);
  };
  const write = async (ref: ObjectRef, file: OverlayFile, body: SummedBody, conditions: PutConditions = {}) => {
    if (!file.writable) throw new Error(`${file.path} is a file of the user and read-only`);
    const { absent = false, ...expected } = conditions;
    if (absent && existsSync(file.path)) throw new Failure('objectPresent', { key: ref.key });
    const written = join(temporary, randomUUID());
    try {
      const head = await writeObjectFile(written, body, { key: ref.key, expected, durable: false });
      const publish = () => (absent ? linkNew(written, file.path, ref.key) : rename(written, file.path));
      await publish().catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        await mkdir(dirname(file.path), { recursive: true });
        await publish();
      });
      checksums.set(file.path, head.crc32);
      return { ...head, modifiedAt: clock.now() };
    } catch (error) {
      await rm(written, { force: true });
      throw diskFailure(error, dirname(file.path)) ?? error;
    }
  };
  return {
    async head(ref) {
      const file = fileOf(ref);
      if (file === undefined) return base.head(ref);
      try {
        const { size, mtimeMs } = await stat(file.path);
        const crc32 = file.writable ? checksums.get(file.path) : undefined;
        return { bytes: size, modifiedAt: Math.floor(mtimeMs), ...(crc32 !== undefined && { crc32 }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw (file.writable ? undefined : unreadable(error)) ?? error;
      }
    },
    get,
    open,
    async put(ref, body, conditions) {
      const file = fileOf(ref);
      return file === undefined ? base.put(ref, body, conditions) : write(ref, file, body, conditions);
    },
    async compose(ref, parts) {
      const file = fileOf(ref);
      return file === undefined
        ? base.compose(ref, parts)
        : write(ref, file, joinedParts(parts, ref.key, { get, open }));
    },
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

/** What became of a file of the user; undefined for what is this process's own trouble. */
function unreadable(error: unknown): Failure | undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Failure('imageGone', {}, { cause: error });
  const why = unreadableReason(error);
  return why === undefined ? undefined : new Failure('imageUnreadable', { why }, { cause: error });
}

/** With the size of the file as it is now. Only a regular file is opened: a pipe may have come in its place. */
async function readExisting<T>(path: string | Buffer, read: (bytes: number) => Promise<T>): Promise<T> {
  const stats = statSync(path);
  const why = specialKind(stats);
  if (why !== undefined) throw new Failure('imageUnreadable', { why });
  return read(stats.size);
}

/** As rename, where there is no file of that name. */
async function linkNew(written: string, path: string, key: string): Promise<void> {
  try {
    await link(written, path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new Failure('objectPresent', { key }) : error;
  }
  await rm(written);
}
