import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** Files below a folder, but for the notes that a store leaves for people. */
export const filesIn = async (path: string): Promise<number> =>
  (await readdir(path, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && entry.name !== 'README.txt',
  ).length;

/** Before each test of the file that calls this: a folder with an empty `archive`, as another disk, for the store in `store`. */
export function archiveFolders() {
  let folder: TemporaryFolder;
  const at = (...names: string[]): string => join(folder.path, ...names);
  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(at('archive'));
  });
  afterEach(() => folder[Symbol.asyncDispose]());
  return {
    at,
    open: () => openLocalObjectStore({ root: at('store'), archiveTo: at('archive') }),
    /** Files in the store and in the archive. */
    files: async (): Promise<number[]> => [await filesIn(at('store/objects')), await filesIn(at('archive'))],
  };
}
