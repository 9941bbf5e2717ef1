import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lockFolder } from '../adapters/local/folder-lock.ts';

/**
 * Makes a folder where it is missing and holds it for this process. The result gives it back; undefined where another
 * process holds it. Throws the system's errors where the folder cannot be made or written.
 */
export async function holdFolder(folder: string, { mode }: { mode?: number } = {}): Promise<(() => void) | undefined> {
  await makeFolder(folder, mode);
  await access(folder, constants.W_OK); // SQLite would take the lock of a read-only disk
  return lockFolder(folder);
}

/** As `mkdir` with `recursive`, which never ends where a name is refused as if its folder were missing, as below /proc. */
async function makeFolder(folder: string, mode?: number): Promise<void> {
  const make = () => mkdir(folder, mode);
  try {
    await make();
  } catch (error) {
    if (await isFolder(folder)) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder), mode);
    await make().catch(async (again: unknown) => {
      if (!(await isFolder(folder))) throw again; // another process may have made it meanwhile
    });
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
