import { access, constants, mkdir } from 'node:fs/promises';
import { lockFolder } from '../adapters/local/folder-lock.ts';

/**
 * Makes a folder where it is missing and holds it for this process. The result gives it back; undefined where another
 * process holds it. Throws the system's errors where the folder cannot be made or written.
 */
export async function holdFolder(folder: string, { mode }: { mode?: number } = {}): Promise<(() => void) | undefined> {
  await mkdir(folder, { recursive: true, ...(mode !== undefined && { mode }) });
  await access(folder, constants.W_OK); // SQLite would take the lock of a read-only disk
  return lockFolder(folder);
}
