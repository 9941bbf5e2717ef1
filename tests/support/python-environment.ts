import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { whileLocked } from './while-locked.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const requirementsFile = join(import.meta.dirname, 'python/requirements.txt');
const cache = join(root, '.cache');
const folder = join(cache, 'python');
const lock = join(cache, 'python.lock');

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
  if ((await textOf(installed)) === wanted) return interpreter;
  return whileLocked(lock, async () => {
    if ((await textOf(installed)) === wanted) return interpreter; // somebody else made it meanwhile
    await rm(folder, { recursive: true, force: true });
    await step('python3 -m venv (Debian: apt-get install python3-venv)', 'python3', ['-m', 'venv', folder]);
    const options = ['--quiet', '--disable-pip-version-check', '-r', requirements];
    await step('pip install', interpreter, ['-m', 'pip', 'install', ...options]);
    await writeFile(installed, wanted);
    return interpreter;
  });
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
