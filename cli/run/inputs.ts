import { type Dirent, type Stats, statSync } from 'node:fs';
import { opendir, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { isNoise } from '../../functions/core/paths.ts';
import { UserError } from '../errors.ts';
import { commonFolder, pathBelow } from './input-paths.ts';

export interface InputFile {
  /** Absolute path on this machine. */
  file: string;
  /** As the user knows it, below the folder that is run: `/` separated. */
  path: string;
  bytes: number;
}

export type RunInputs =
  | { kind: 'files'; name: string; files: InputFile[]; ignored: string[] }
  | { kind: 'zip'; name: string; file: string; bytes: number };

const isZip = (path: string) => /\.zip$/i.test(path);

/**
 * What the arguments of `run` name. One folder: paths are below it. Several inputs: paths are below their deepest common
 * folder, so that files of the same name in two folders stay apart. `output` and what lies in it is never an input.
 */
export async function collectInputs(
  args: readonly string[],
  { cwd, output }: { cwd: string; output: string },
): Promise<RunInputs> {
  const named = await Promise.all(args.map((arg) => expand(arg, cwd)));
  const roots = named.flat();
  const zip = roots.find((root) => root.stats.isFile() && isZip(root.file));
  if (zip !== undefined) {
    if (roots.length > 1) throw new UserError('mixedZip', { zip: zip.file });
    return { kind: 'zip', name: basename(zip.file).replace(/\.zip$/i, ''), file: zip.file, bytes: zip.stats.size };
  }
  const folders = roots.map((root) => (root.stats.isDirectory() ? root.file : dirname(root.file)));
  if (folders.includes(output)) {
    const asFolder = roots.some((root) => root.stats.isDirectory() && root.file === output);
    if (asFolder) throw new UserError('outputIsInput', { folder: output });
  }
  const base = roots.length === 1 ? folders[0]! : commonFolder(folders);
  const files = new Map<string, InputFile>(); // by real file: two arguments may name one
  const ignored: string[] = [];
  for (const root of roots) {
    const found = root.stats.isDirectory() ? walk(root.file, output) : single(root.file, root.stats);
    for await (const { file, bytes } of found) {
      const path = pathBelow(base, file);
      if (isNoise(path) || path.split('/').some((name) => name.startsWith('.'))) ignored.push(path);
      else files.set(file, { file, path, bytes });
    }
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { kind: 'files', name: basename(base), files: sorted, ignored: ignored.sort() };
}

interface Root {
  file: string;
  stats: Stats;
}

async function expand(arg: string, cwd: string): Promise<Root[]> {
  const direct = resolve(cwd, arg);
  const stats = statSync(direct, { throwIfNoEntry: false });
  if (stats !== undefined) return [{ file: direct, stats }];
  if (!isDynamicPattern(arg)) throw new UserError('inputMissing', { path: arg });
  const matches = await glob(arg, { cwd, absolute: true, onlyFiles: true, dot: false });
  if (matches.length === 0) throw new UserError('nothingToDo', { inputs: arg });
  return Promise.all(matches.sort().map(async (file) => ({ file: resolve(file), stats: await stat(file) })));
}

async function* single(file: string, stats: Stats) {
  yield { file, bytes: stats.size };
}

/** Every file below a folder, links followed; a link back to a folder that is being walked is not entered again. */
async function* walk(
  folder: string,
  output: string,
  above: readonly string[] = [],
): AsyncGenerator<{ file: string; bytes: number }> {
  if (folder === output) return;
  const real = await realpath(folder);
  if (above.includes(real)) return;
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const file = join(folder, entry.name);
    const stats = entry.isFile() || entry.isSymbolicLink() ? await stat(file).catch(() => undefined) : undefined;
    if (entry.isDirectory() || stats?.isDirectory() === true) yield* walk(file, output, [...above, real]);
    // A link to nowhere is an input that cannot be read: it is named, not dropped.
    else if (stats?.isFile() === true || entry.isSymbolicLink()) yield { file, bytes: stats?.size ?? 0 };
  }
}

/** True when the folder is absent or empty. */
export async function isEmptyFolder(folder: string): Promise<boolean> {
  try {
    const entries = await opendir(folder);
    const first = await entries.read();
    await entries.close();
    return first === null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}
