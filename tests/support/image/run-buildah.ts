import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** Of the tests' own. */
export const storage = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'labdeploy/images');
export const storageOptions = [
  '--storage-driver',
  'overlay',
  '--root',
  join(storage, 'root'),
  '--runroot',
  join(storage, 'run'),
];

/** Runs buildah with a storage of the tests' own; returns what it prints, or throws with all that it said. */
export async function buildah(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute('buildah', [...storageOptions, ...args], { maxBuffer: 1 << 26 });
  return stdout.trim();
}
