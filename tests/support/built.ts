import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lockFolder } from '../../functions/adapters/local/folder-lock.ts';

const root = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** Builds the page elsewhere than `npm run build:web` does. */
export async function buildPageIn(folder: string): Promise<void> {
  await execute('npm', ['run', 'build:web', '--', '--outDir', folder], { cwd: root });
}

/** Builds the page that the service serves. */
export const buildPage = (): Promise<void> =>
  buildOnce('web', ['web', 'functions/core', 'functions/image', 'package-lock.json'], buildPageIn);

/** Builds the code of the functions, as `labdeploy up` deploys it. */
export const buildFunctions = (): Promise<void> =>
  buildOnce('lambda', ['build', 'functions', 'package.json', 'package-lock.json'], async (folder) => {
    await execute(process.execPath, [join(root, 'build/functions.ts'), folder]);
  });

/** Makes a folder of dist/ once for its sources, and all of it at once: tests run side by side, and one must not build while another loads. */
async function buildOnce(
  name: string,
  sources: readonly string[],
  build: (folder: string) => Promise<void>,
): Promise<void> {
  const used = join(root, 'dist', name);
  const folder = join(root, '.cache/built', name);
  await mkdir(folder, { recursive: true });
  const made = join(folder, 'sources');
  const deadline = Date.now() + 100_000;
  let unlock = lockFolder(folder);
  while (unlock === undefined) {
    if (Date.now() > deadline) throw new Error(`another build of ${used} does not end`);
    await setTimeout(100);
    unlock = lockFolder(folder);
  }
  try {
    const hash = await hashOf(sources);
    if (existsSync(used) && (await readIfThere(made)) === hash) return;
    await rm(made, { force: true });
    const fresh = join(folder, 'built');
    await rm(fresh, { recursive: true, force: true });
    await build(fresh);
    await rm(used, { recursive: true, force: true });
    await mkdir(join(root, 'dist'), { recursive: true });
    await rename(fresh, used);
    await writeFile(made, hash);
  } finally {
    unlock();
  }
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const whole = join(root, path);
    const names = path.includes('.') ? [whole] : (await readdir(whole, { recursive: true })).map((n) => join(whole, n));
    for (const name of names.sort()) if (/\.\w+$/.test(name)) hash.update(name).update(await readFile(name));
  }
  return hash.digest('hex');
}

const readIfThere = async (file: string) => (existsSync(file) ? readFile(file, 'utf8') : undefined);
