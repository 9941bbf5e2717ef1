import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const ownerOnly = 0o077;

/**
 * Keeps images, results and the job table from other people of this machine, also where the data folder was there before
 * and they may look into it: all that this process makes from now on is its user's alone, and so is what earlier versions
 * left there. Of the whole process: call it before anything is written. Windows has other rights, which it leaves alone.
 */
export async function keepPrivate(dataFolder: string): Promise<void> {
  process.umask(ownerOnly);
  for (const entry of await readdir(dataFolder, { withFileTypes: true })) {
    const path = join(dataFolder, entry.name);
    if (entry.name === 'store' && entry.isDirectory()) await chmod(path, 0o700); // other users do not reach what is in it
    if (entry.isFile() && /\.(sqlite|db)(-wal|-shm|-journal)?$/.test(entry.name)) await chmod(path, 0o600);
  }
}
