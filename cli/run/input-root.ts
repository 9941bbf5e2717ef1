import type { BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';

/**
 * The one name of the folder or zip that images come from: without links and, where the disk takes upper and lower case
 * as one, as it is written there. An empty root (several drives) stays so.
 */
export async function realRoot(root: string): Promise<string> {
  if (root === '') return '';
  try {
    return await realpath(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return root; // whatever it is, it is said of the images
  }
}

/** Whether two roots are one: by name, or, where both are there now (a second mount, a network drive), by what the disk says. */
export async function sameRoot(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  if (one === '' || other === '') return false;
  const [first, second] = [await entryOf(one), await entryOf(other)];
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}

/** Undefined where there is nothing of that name now, or not for this user. Numbers of entries may have 64 bits. */
async function entryOf(path: string): Promise<BigIntStats | undefined> {
  try {
    const found = await stat(path, { bigint: true });
    return found.ino === 0n ? undefined : found; // of a disk that numbers nothing
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
