import { isUtf8 } from 'node:buffer';
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { specialKind, unreadableReason } from '../../functions/core/unreadable.ts';

/** Of a name that is not valid UTF-8: its bytes. */
export type FilePath = string | Buffer;

/** What was found under one name. */
export interface InputFile {
  /** Absolute, on this machine. */
  file: FilePath;
  /** As the user knows it, below the folder that is run: `/` separated, bytes that are no UTF-8 as `%E4`. */
  path: string;
  bytes: number;
  /** Why nothing is read from it. A `loop` is a link back to a folder that it is in. */
  trouble?: { of: 'file' | 'folder' | 'loop'; why: string };
}

type Named = Pick<InputFile, 'file' | 'path'>;

/** A name as a text that is the same on every machine. */
export function textOf(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8');
  let text = '';
  for (let at = 0; at < name.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= name.length && isUtf8(name.subarray(at, at + n)));
    const taken = name.subarray(at, at + (length ?? 1));
    text += length === undefined ? `%${taken.toString('hex').toUpperCase()}` : taken.toString('utf8');
    at += taken.length;
  }
  return text;
}

/** Every name below a folder, links followed; whatever cannot be read is named and the rest goes on. `skip`: real path of a folder that is not entered. */
export async function* walkFolder(folder: Named, skip: string | undefined): AsyncGenerator<InputFile> {
  yield* walk(folder, [], skip);
}

/** What is under one name: itself, or everything below it. `listed`: what the folder it is in says of it. */
export async function* visit(
  named: Named,
  skip: string | undefined,
  { above = [], listed }: { above?: readonly string[]; listed?: Dirent<Buffer> } = {},
): AsyncGenerator<InputFile> {
  let stats: Stats;
  try {
    stats = await stat(named.file);
  } catch (error) {
    yield { ...named, bytes: 0, trouble: await troubleOf(named.file, error as NodeJS.ErrnoException, listed) };
    return;
  }
  if (stats.isDirectory()) {
    yield* walk(named, above, skip);
    return;
  }
  const why = specialKind(stats);
  yield {
    ...named,
    bytes: why === undefined ? stats.size : 0,
    ...(why !== undefined && { trouble: { of: 'file', why } }),
  };
}

async function* walk(folder: Named, above: readonly string[], skip: string | undefined): AsyncGenerator<InputFile> {
  let real: string;
  let entries: Dirent<Buffer>[];
  try {
    real = (await realpath(folder.file, { encoding: 'buffer' })).toString('latin1');
    if (real === skip) return;
    entries = await readdir(folder.file, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    const path = folder.path === '' ? '.' : folder.path;
    yield {
      file: folder.file,
      path,
      bytes: 0,
      trouble: { of: 'folder', why: `the folder cannot be read: ${reasonOf(error)}` },
    };
    return;
  }
  if (above.includes(real)) {
    yield { ...folder, bytes: 0, trouble: { of: 'loop', why: 'it is a link to a folder that it is in' } };
    return;
  }
  for (const listed of entries) yield* visit(childOf(folder, listed.name), skip, { above: [...above, real], listed });
}

function childOf(folder: Named, name: Buffer): Named {
  const text = textOf(name);
  const file =
    typeof folder.file === 'string' && isUtf8(name)
      ? join(folder.file, text)
      : Buffer.concat([Buffer.from(folder.file), Buffer.from(sep), name]);
  return { file, path: folder.path === '' ? text : `${folder.path}/${text}` };
}

const reasonOf = (error: unknown): string => unreadableReason(error) ?? (error as Error).message;

/** Where nothing may be looked up, a folder is known by its entry alone, and what a link leads to may be one. */
async function troubleOf(file: FilePath, error: NodeJS.ErrnoException, listed?: Dirent<Buffer>) {
  const why = await whyNot(file, error);
  if (listed?.isDirectory()) return { of: 'folder', why: `the folder cannot be read: ${why}` } as const;
  const mayBeFolder = listed?.isSymbolicLink() && (error.code === 'EACCES' || error.code === 'EPERM');
  return { of: mayBeFolder ? 'folder' : 'file', why } as const;
}

/** A name that leads nowhere: a link says where it was to lead. */
async function whyNot(file: FilePath, error: NodeJS.ErrnoException): Promise<string> {
  if (error.code !== 'ENOENT') return reasonOf(error);
  try {
    if (!(await lstat(file)).isSymbolicLink()) return 'it has disappeared';
    return `it is a link to ${await readlink(file)}, which is not there`;
  } catch (gone) {
    return (gone as NodeJS.ErrnoException).code === 'ENOENT' ? 'it has disappeared' : reasonOf(gone);
  }
}
