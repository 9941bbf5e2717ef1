import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { it } from '@jest/globals';

/** A test that builds and runs images; where there is no buildah, or not the right to use it, it is skipped by name. */
export const itWithBuildah = (name: string, test: () => Promise<void>, timeout: number): void => {
  const missing = whyMissing();
  if (missing === undefined) it(name, test, timeout);
  else it.skip(`${name} (${missing})`, () => {});
};

function whyMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'buildah without a daemon needs root here';
  try {
    execFileSync('buildah', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no buildah: apt-get install buildah';
  }
}

/** Variables by which buildah works in a folder of its own, without mounts and namespaces. */
export async function buildahIn(folder: string): Promise<Record<string, string>> {
  const storage = join(folder, 'storage.conf');
  await writeFile(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${join(folder, 'storage')}"\nrunroot = "${join(folder, 'run')}"\n`,
  );
  return { CONTAINERS_STORAGE_CONF: storage, BUILDAH_ISOLATION: 'chroot', LABDEPLOY_CONTAINER_ENGINE: 'buildah' };
}

/** This Node and the libraries that it loads, as a folder that an image of nothing else is made of. */
export async function copyNode(folder: string): Promise<void> {
  const node = process.execPath;
  const loaded = execFileSync('ldd', [node], { encoding: 'utf8' });
  const libraries = [...loaded.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
  await mkdir(join(folder, 'bin'), { recursive: true });
  await copyFile(node, join(folder, 'bin/node'));
  for (const library of libraries) {
    await mkdir(join(folder, dirname(library)), { recursive: true });
    await copyFile(library, join(folder, dirname(library), basename(library)));
  }
}
