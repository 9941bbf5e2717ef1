import { existsSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import { type Clock, systemClock } from '../../ports/clock.ts';
import type { ObjectHead, ObjectStore, PutConditions } from '../../ports/object-store.ts';
import { localColdStorage } from './cold-storage.ts';
import { joinedParts, type SummedBody } from './object-body.ts';
import { diskFailure, openObjectFile, readRange, writeObjectFile } from './object-files.ts';
import { type Entry, openObjectIndex, type StoredFile } from './object-index.ts';
import { isPart } from './signed-access.ts';

export interface LocalObjectStoreOptions {
  /** Folder of the store: `index.sqlite` and the bytes in `objects/`. */
  root: string;
  /** Also survives a power cut: every object is flushed to the disk before it is acknowledged. Default: false. */
  durable?: boolean;
  /** Folder on another disk for objects in cold storage; it must be there. Default: the store has no cold storage. */
  archiveTo?: string;
  clock?: Clock;
}

export interface LocalObjectStore extends ObjectStore {
  open: NonNullable<ObjectStore['open']>;
  /** Of all objects outside the archive together, but not of parts of unfinished uploads: those belong to what they will be. */
  storedBytes(): number;
}

/** A file that no object points to is a leftover of a killed process once it is this old; before, another process may be writing it. */
const leftoverMs = 60 * 60 * 1000;

/**
 * Objects as files named by numbers, and a SQLite index from key to number with size and CRC-32. So any key can be stored
 * on any disk (case, length, reserved names), a list needs no look at the files, a checksum no second read, and a put is
 * atomic without a rename: the file is written whole, then one transaction points the key to it. A killed put leaves a
 * file that the index calls loose; it is deleted by a later open. Several processes may have a store open.
 */
export async function openLocalObjectStore({
  root,
  durable = false,
  archiveTo,
  clock = systemClock,
}: LocalObjectStoreOptions): Promise<LocalObjectStore> {
  const index = openObjectIndex(join(root, 'index.sqlite'), {
    durable: durable || archiveTo !== undefined, // an old file is deleted once its move is sure
    counts: (ref) => !isPart(ref),
  });
  const fileOf = (file: number) => join(root, 'objects', (file % 256).toString(16).padStart(2, '0'), String(file));

  /** Archived files stay loose while there is no archive to delete them from. */
  const discard = async (files: readonly StoredFile[]) => {
    const deleted: StoredFile[] = [];
    for (const stored of files) {
      if (!stored.archived) await unlink(fileOf(stored.file)).catch(unlessMissing);
      else if ((await cold?.unlinkArchived(stored.file)) !== true) continue;
      deleted.push(stored);
    }
    index.forget(deleted);
  };
  const cold =
    archiveTo === undefined ? undefined : localColdStorage({ archiveTo, index, root, fileOf, discard, clock });
  await discard(index.looseBefore(clock.now() - leftoverMs));

  /** Of an object that can be read. */
  const readable = (ref: ObjectRef): Entry => {
    const entry = index.find(ref);
    if (entry === undefined) throw new Failure('objectMissing', { key: ref.key });
    if (entry.archived) throw new Failure('objectFrozen', { key: ref.key });
    return entry;
  };

  /** Opens with `use`; an object that is replaced in between is looked up again. */
  const withFile = async <T>(ref: ObjectRef, use: (path: string, bytes: number) => Promise<T>): Promise<T> => {
    for (let entry = readable(ref); ; ) {
      try {
        return await use(fileOf(entry.file), entry.bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        const now = readable(ref);
        if (now.file === entry.file) throw new Failure('objectMissing', { key: ref.key }, { cause: error });
        entry = now;
      }
    }
  };

  /** Writes `body` to a new file, then makes it the object. */
  const store = async (ref: ObjectRef, body: SummedBody, { absent, ...expected }: PutConditions) => {
    if (!ref.key.isWellFormed() || ref.key === '') throw new RangeError(`not a key: '${ref.key}'`);
    if (absent === true && index.find(ref) !== undefined) throw new Failure('objectPresent', { key: ref.key }); // before all bytes came
    let file = index.reserve(clock.now());
    while (existsSync(fileOf(file))) file = index.reserve(clock.now()); // written before a power cut, and known as loose only now
    let head: ObjectHead;
    let replaced: StoredFile | undefined;
    try {
      const written = await writeObjectFile(fileOf(file), body, { key: ref.key, expected, durable });
      const whole = { ...written, modifiedAt: clock.now() };
      replaced = index.point(ref, { ...whole, file }, absent);
      head = whole;
    } catch (error) {
      // The first error matters; what cannot be deleted now stays loose and goes with a later open.
      await discard([{ file, archived: false }]).catch(() => undefined);
      throw diskFailure(error, root) ?? error;
    }
    await index.flush();
    if (replaced !== undefined) await discard([replaced]);
    return head;
  };

  const get: ObjectStore['get'] = (ref, range) => withFile(ref, (path, bytes) => readRange(path, range, bytes));

  const open: LocalObjectStore['open'] = (ref) => withFile(ref, openObjectFile);

  return {
    async head(ref) {
      const entry = index.find(ref);
      return entry && headOf(entry);
    },
    get,
    open,
    ...(cold !== undefined && { coldStorage: { freeze: cold.freeze, requestThaw: cold.requestThaw, thaw: cold.thaw } }),
    storedBytes: () => index.storedBytes(),
    put: (ref, body, conditions = {}) => store(ref, body, conditions),
    compose: (ref, parts) => store(ref, joinedParts(parts, ref.key, { get, open }), {}),
    async list(bucket, prefix, { after, limit = 1000 } = {}) {
      const found = index.list(bucket, prefix, after, limit + 1);
      const objects = found.slice(0, limit).map(({ cold: _, ...object }) => headOf(object));
      return found.length > limit ? { objects, after: objects.at(-1)!.key } : { objects };
    },
    async remove({ bucket, key }) {
      await discard(await index.drop(bucket, [key], clock.now()));
    },
    async removeAll(bucket, prefix) {
      if (!prefix.endsWith('/')) throw new RangeError(`a prefix to remove ends in '/': '${prefix}'`);
      let removed = 0;
      for (;;) {
        const keys = index.list(bucket, prefix, undefined, 1000).map(({ key }) => key);
        if (keys.length === 0) return removed;
        const files = await index.drop(bucket, keys, clock.now());
        await discard(files);
        removed += files.length;
      }
    },
    async [Symbol.asyncDispose]() {
      index[Symbol.dispose]();
    },
  };
}

/** Where its bytes lie is the store's own business. */
function headOf<T extends StoredFile>({ file: _, archived: _archived, ...head }: T): Omit<T, keyof StoredFile> {
  return head;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
