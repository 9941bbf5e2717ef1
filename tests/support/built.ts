import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lockFolder } from '../../functions/adapters/local/folder-lock.ts';

const root = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** What the command line and the library are compiled from. */
export const programSources = [
  ...['cli', 'client', 'functions', 'infra', 'library', 'policies'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'],
];

/** Builds the page that the service serves, into dist/web. */
export const buildPage = (): Promise<string> =>
  buildOnce('web', {
    sources: ['web', 'client', 'functions', 'samples', 'package-lock.json'],
    async build(folder) {
      await execute('npm', ['run', 'build:web', '--', '--outDir', folder], { cwd: root });
    },
  });

/** Builds the code of the functions, as `labdeploy up` deploys it, into dist/lambda. */
export const buildFunctions = (): Promise<string> =>
  buildOnce('lambda', {
    sources: ['build', 'functions', 'infra', 'package.json', 'package-lock.json'],
    async build(folder) {
      await execute(process.execPath, [join(root, 'build/functions.ts'), folder]);
    },
  });

interface Build {
  /** Files and folders of the repository that it is made of. */
  sources: readonly string[];
  /** Writes it to a folder that is not there yet. */
  build: (folder: string) => Promise<void>;
  /** Where it is used; by default the folder of dist/ that has its name. */
  used?: string;
}

/**
 * Makes a folder once for its sources, and all of it at once: tests run side by side, and one must not build while another
 * loads. Returns the folder.
 */
export async function buildOnce(
  name: string,
  { sources, build, used = join(root, 'dist', name) }: Build,
): Promise<string> {
  const folder = join(root, '.cache/built', name);
  await mkdir(folder, { recursive: true });
  const made = join(folder, 'sources');
  let unlock = lockFolder(folder); // the system frees it when its process ends: whoever holds it is at work
  while (unlock === undefined) {
    await setTimeout(100);
    unlock = lockFolder(folder);
  }
  try {
    const hash = await hashOf(sources);
    if (existsSync(used) && (await readIfThere(made)) === hash) return used;
    await rm(made, { force: true });
    const fresh = join(folder, 'built');
    await rm(fresh, { recursive: true, force: true });
    await build(fresh);
    await rm(used, { recursive: true, force: true });
    await mkdir(dirname(used), { recursive: true });
    await rename(fresh, used);
    await writeFile(made, hash);
    return used;
  } finally {
    unlock();
  }
}

/** Of what files and folders of the repository hold, and of their names. */
export async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const whole = join(root, path);
    const found = (await stat(whole)).isDirectory() ? await readdir(whole, { recursive: true }) : [''];
    for (const name of found.sort()) {
      const file = join(whole, name);
      if ((await stat(file)).isFile()) hash.update(file).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

const readIfThere = async (file: string) => (existsSync(file) ? readFile(file, 'utf8') : undefined);
