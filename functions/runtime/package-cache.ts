import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/errors.ts';
import { packageRef } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { receivePackage } from './received-package.ts';

/** Packages of the registry on this machine's disk. */
export interface PackageCache {
  /** Path of the package's zip, fetched where it is not there. Throws `modelMissing`, and `modelBroken` for other bytes. */
  path(sha256: string, objects: ObjectStore): Promise<string>;
}

/**
 * Files by their sha256 in `folder`, `mostBytes` together at most but for the one that is wanted: those that were not used
 * for longest go first. Nobody keeps such a file open: a model is read as a whole.
 */
export function packageCache({ folder, mostBytes }: { folder: string; mostBytes: number }): PackageCache {
  const running = new Map<string, Promise<string>>();

  const fetchPackage = async (sha256: string, objects: ObjectStore): Promise<string> => {
    const file = join(folder, `${sha256}.zip`);
    if (await touched(file)) return file;
    await using received = await receivePackage(packageRef(sha256), objects, folder).catch((error: unknown) => {
      if (!(error instanceof Failure && error.code === 'objectMissing')) throw error;
      throw new Failure('modelMissing', { where: `${sha256.slice(0, 12)}… in the registry` }, { cause: error });
    });
    if (received.sha256 !== sha256)
      throw new Failure('modelBroken', { detail: `its sha256 is ${received.sha256}, not ${sha256}` });
    await makeRoom(folder, mostBytes - received.bytes);
    await rename(received.path, file);
    return file;
  };

  return {
    path(sha256, objects) {
      const known = running.get(sha256);
      if (known !== undefined) return known;
      const path = fetchPackage(sha256, objects).finally(() => running.delete(sha256));
      running.set(sha256, path);
      return path;
    },
  };
}

/** Is it there? Then it was used now. */
async function touched(file: string): Promise<boolean> {
  const now = new Date();
  return utimes(file, now, now).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function makeRoom(folder: string, mostBytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
  const files = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return { name, size, mtimeMs };
    }),
  );
  let bytes = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (bytes <= mostBytes) return;
    await rm(join(folder, name), { force: true });
    bytes -= size;
  }
}
