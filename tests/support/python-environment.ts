import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const requirementsFile = join(import.meta.dirname, 'python/requirements.txt');
const cache = join(root, '.cache');
const folder = join(cache, 'python');
const lock = join(cache, 'python.lock');
/** A lock older than this was left by a process that was killed. */
const abandonedAfter = 15 * 60_000;

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

/**
 * Path of a Python that has the pinned packages: `LABDEPLOY_PYTHON` if it is set, else the one in `.cache/python`, which is
 * made where it is missing or outdated. Test processes that need it at the same time wait for one to make it. Throws an Error that says why there is none.
 */
export async function pythonWith(requirements = requirementsFile): Promise<string> {
  if (process.env.LABDEPLOY_PYTHON) return process.env.LABDEPLOY_PYTHON;
  const interpreter = join(folder, 'bin/python');
  const installed = join(folder, 'installed.txt'); // written last: what is in it is there
  const wanted = await readFile(requirements, 'utf8');
  await mkdir(cache, { recursive: true });
  for (;;) {
    if ((await textOf(installed)) === wanted) return interpreter;
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - ((await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > abandonedAfter) await rm(lock, { recursive: true, force: true });
      else await wait(250);
    }
  }
  try {
    if ((await textOf(installed)) === wanted) return interpreter; // somebody else made it meanwhile
    await rm(folder, { recursive: true, force: true });
    await step('python3 -m venv (Debian: apt-get install python3-venv)', 'python3', ['-m', 'venv', folder]);
    await step('pip install', interpreter, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      requirements,
    ]);
    await writeFile(installed, wanted);
    return interpreter;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function step(name: string, program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, args, { maxBuffer: 1 << 24 });
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr || (error as Error).message)
      .trim()
      .split('\n');
    throw new Error(`no Python with the packages of ${requirementsFile}: ${name} failed: ${lines.at(-1)}`, {
      cause: error,
    });
  }
}
