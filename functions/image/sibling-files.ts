import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openFileSource } from './file-source.ts';
import type { Beside } from './image.ts';

/** What is beside a file of this machine: other regular files of its folder, by their plain names. */
export const besideFile = (path: string): Beside => ({
  name: basename(path),
  async sibling(name) {
    if (name === '' || name !== basename(name)) return undefined;
    const file = join(dirname(path), name);
    // a pipe or a device would keep the reader waiting
    if (!(await isFile(file))) return undefined;
    return openFileSource(file);
  },
});

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return false; // not there, or not for this user
  }
}
