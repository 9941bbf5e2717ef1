import { isUtf8 } from 'node:buffer';
import { constants, type Dirent, type Stats, statSync } from 'node:fs';
import { access, lstat, glob as nodeGlob, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { isRegionsFile } from '../../functions/core/regions-file.ts';
import { UserError } from '../errors.ts';
import { commonFolder, pathBelow } from './input-paths.ts';
import { type FilePath, type InputFile, textOf, visit, walkFolder } from './walk-folder.ts';

/** `root`: the folder that all paths are below (empty where drives have none in common), or the zip. Absolute. */
export type RunInputs =
  | { kind: 'files'; name: string; root: string; files: InputFile[] }
  | { kind: 'zip'; name: string; root: string; file: string; bytes: number };

const isZip = (path: string) => /\.zip$/i.test(path);

/**
 * What the arguments of `run` name: everything that lies there, also what is no image or cannot be read, so that nothing
 * is dropped without a word. One folder: paths are below it. Several inputs: paths are below their deepest common
 * folder, so that files of the same name in two folders stay apart. `output` and what is in it is never an input.
 */
export async function collectInputs(
  args: readonly string[],
  { cwd, output }: { cwd: string; output: string },
): Promise<RunInputs> {
  const named = await Promise.all(args.map((arg) => expand(arg, cwd)));
  const roots = named.flat();
  const isAlone = roots.length === 1;
  const zip = roots.find(
    ({ stats, name }) => stats?.isFile() === true && isZip(name) && (isAlone || !isRegionsFile(name)),
  );
  if (zip !== undefined) {
    const file = join(zip.folder, zip.name);
    if (roots.length > 1) throw new UserError('mixedZip', { zip: file });
    return { kind: 'zip', name: zip.name.replace(/\.zip$/i, ''), root: file, file, bytes: zip.stats!.size };
  }
  const folders = roots.map(({ folder }) => folder);
  if (roots.some(({ folder, name }) => name === '' && folder === output))
    throw new UserError('outputIsInput', { folder: output });
  const base = roots.length === 1 ? folders[0]! : commonFolder(folders);
  const skip = await realpath(output, { encoding: 'buffer' }).then(
    (real) => real.toString('latin1'),
    () => undefined, // it is made later, or openOutput says why it cannot be
  );
  const files = new Map<string, InputFile>(); // by file: two arguments may name one
  for (const { folder, name, file } of roots) {
    const path = pathBelow(base, join(folder, name));
    for await (const found of name === '' ? walkFolder({ file, path }, skip) : visit({ file, path }, skip))
      files.set(Buffer.from(found.file).toString('latin1'), found);
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { kind: 'files', name: basename(base), root: base, files: sorted };
}

/** One folder, with the empty name, or one name in a folder. `stats`: absent where it cannot be read. */
export interface InputRoot {
  folder: string;
  name: string;
  file: FilePath;
  stats?: Stats;
}

/** What one argument names: a file or folder, or the files that a pattern matches. Throws inputMissing, nothingToDo. */
export async function expand(arg: string, cwd: string): Promise<InputRoot[]> {
  const direct = await rootOf(resolve(cwd, arg));
  if (direct !== undefined) return [direct];
  const alike = await namedAlike(resolve(cwd, arg));
  if (alike.length > 0) return alike;
  if (!isDynamicPattern(arg)) throw new UserError('inputMissing', { path: arg });
  const roots: InputRoot[] = [];
  const { matches, unreadable } = await matchesOf(arg, cwd);
  for (const match of matches) {
    const root = await rootOf(match);
    if (root === undefined) roots.push(...(await namedAlike(match)));
    else if (root.name !== '') roots.push(root);
  }
  for (const folder of unreadable) roots.push({ folder, name: '', file: folder });
  if (roots.length === 0) throw new UserError('nothingToDo', { inputs: arg });
  return roots;
}

/**
 * What a pattern matches, and the folders in which it could match more but that cannot be read. tinyglobby follows links
 * to folders and drops pipes and devices; Node does the opposite. Names are wanted of both.
 */
async function matchesOf(pattern: string, cwd: string): Promise<{ matches: string[]; unreadable: string[] }> {
  const matches = new Set(await glob(pattern, { cwd, absolute: true, dot: false }));
  const folders = new Set<string>();
  const exclude = (entry: Dirent) => {
    if (entry.isDirectory()) folders.add(resolve(cwd, entry.parentPath, entry.name));
    return false;
  };
  for await (const { parentPath, name } of nodeGlob(pattern, { cwd, withFileTypes: true, exclude }))
    matches.add(resolve(cwd, parentPath, name));
  return { matches: [...matches].map((match) => resolve(match)).sort(), unreadable: await unreadableOf(folders) };
}

async function unreadableOf(folders: Iterable<string>): Promise<string[]> {
  const unreadable: string[] = [];
  for (const folder of folders) {
    try {
      await access(folder, constants.R_OK | constants.X_OK);
    } catch {
      unreadable.push(folder); // walking it says why
    }
  }
  return unreadable;
}

/** Undefined where there is nothing of that name. */
async function rootOf(file: string): Promise<InputRoot | undefined> {
  let stats: Stats | undefined;
  try {
    stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) await lstat(file); // a link to nowhere
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  } // anything else is said of the file itself
  if (stats?.isDirectory() === true) return { folder: file, name: '', file, stats };
  return { folder: dirname(file), name: basename(file), file, ...(stats !== undefined && { stats }) };
}

/** Node reads arguments as UTF-8: bytes that are none came as U+FFFD. Every file whose name reads so is meant. */
async function namedAlike(file: string): Promise<InputRoot[]> {
  const folder = dirname(file);
  if (!basename(file).includes('\ufffd')) return [];
  const names = await readdir(folder, { encoding: 'buffer' }).catch(() => []); // then the argument names nothing
  return names
    .filter((name) => !isUtf8(name) && name.toString('utf8') === basename(file))
    .map((name) => ({ folder, name: textOf(name), file: Buffer.concat([Buffer.from(`${folder}${sep}`), name]) }));
}
