import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ColdStorage } from '../../ports/cold-storage.ts';
import { archiveFolder, awayFailure } from './archive-folder.ts';
import { joinedParts } from './object-body.ts';
import { diskFailure, openObjectFile, readRange, writeObjectFile } from './object-files.ts';
import type { Entry, openObjectIndex, StoredFile } from './object-index.ts';

export interface LocalColdStorageOptions {
  /** Folder on another disk, which must be there. */
  archiveTo: string;
  index: ReturnType<typeof openObjectIndex>;
  /** Of the store: its folder, and a path in it. */
  root: string;
  fileOf(file: number): string;
  /** Deletes files that no object has. */
  discard(files: readonly StoredFile[]): Promise<void>;
  clock: Clock;
}

export interface LocalColdStorage extends ColdStorage {
  /** Deletes an archived file. False while the archive cannot be reached or written to. */
  unlinkArchived(file: number): Promise<boolean>;
}

/**
 * Cold storage that is another disk or a network share: nothing is waited for, so what can be reached is `ready`. A move
 * writes the file there and flushes it, then the index names it, then the old one is deleted: at each moment the index
 * names one that is whole. A killed move leaves a loose file.
 */
export function localColdStorage(options: LocalColdStorageOptions): LocalColdStorage {
  const { archiveTo, index, root, clock, discard } = options;
  const folder = archiveFolder(archiveTo, { id: index.archiveId, hasFiles: () => index.hasArchived() });
  const pathOf = ({ file, archived }: StoredFile) =>
    archived ? join(archiveTo, `labdeploy-${index.archiveId}`, String(file)) : options.fileOf(file);
  const existing = (ref: ObjectRef): Entry => {
    const entry = index.find(ref);
    if (entry === undefined) throw new Failure('objectMissing', { key: ref.key });
    return entry;
  };
  const failureOf = (error: unknown, { archived }: StoredFile) =>
    (error instanceof Failure
      ? undefined
      : (awayFailure(error, archiveTo) ?? diskFailure(error, archived ? archiveTo : root))) ?? error;

  /** False where the object was replaced or removed meanwhile. */
  const moved = async (ref: ObjectRef, from: Entry): Promise<boolean> => {
    const archived = !from.archived;
    const to = { file: index.reserve(clock.now(), archived), archived };
    const path = pathOf(from);
    const source = {
      open: () => openObjectFile(path, from.bytes),
      get: () => readRange(path, undefined, from.bytes),
    };
    try {
      const expected = { bytes: from.bytes, ...(from.crc32 !== undefined && { crc32: from.crc32 }) };
      const written = { key: ref.key, expected, durable: true };
      await writeObjectFile(pathOf(to), joinedParts([{ from: ref }], ref.key, source), written);
      if (archived) await folder.assertSame();
    } catch (error) {
      // The first error matters; what cannot be deleted now stays loose and goes with a later open.
      await discard([to]).catch(() => undefined);
      if (index.find(ref)?.file !== from.file) return false; // its file was deleted while it was read
      throw failureOf(error, to);
    }
    const done = await index.transfer(ref, from, to, clock.now()); // where it fails, both files stay
    await discard([done ? from : to]);
    return done;
  };

  const move = async (ref: ObjectRef, archived: boolean): Promise<void> => {
    for (let entry = existing(ref); entry.archived !== archived; entry = existing(ref)) {
      await opened();
      if (await moved(ref, entry)) return;
    }
  };

  const opened = () =>
    folder.opened().catch((error: unknown) => {
      throw failureOf(error, { file: 0, archived: true });
    });

  return {
    freeze: (ref) => move(ref, true),
    thaw: (ref) => move(ref, false),
    async requestThaw(ref) {
      if (existing(ref).archived) await opened();
      return 'ready';
    },
    async unlinkArchived(file) {
      try {
        await opened();
        await unlink(pathOf({ file, archived: true }));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT') return false;
      }
      return true;
    },
  };
}
