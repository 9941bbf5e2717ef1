import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readRange, writeObjectFile } from '../adapters/local/object-files.ts';
import { readZipDirectory, type ZipEntry } from '../archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../archive/zip-entry.ts';
import { normalisePath } from '../core/paths.ts';
import { openFileSource } from '../image/file-source.ts';

/** A file that a zip of results has, as its directory describes it. */
export interface ResultFile {
  path: string;
  bytes: number;
  crc32: number;
}

/** The files that `unpackResults` writes. */
export async function listResults(zip: string): Promise<ResultFile[]> {
  await using source = await openFileSource(zip);
  return filesIn(await readZipDirectory(source)).map(({ path, entry: { bytes, crc32 } }) => ({ path, bytes, crc32 }));
}

const filesIn = (entries: readonly ZipEntry[]): { path: string; entry: ZipEntry }[] =>
  entries.flatMap((entry) => {
    const { path } = normalisePath(entry.name ?? '');
    return entry.kind === 'directory' || path === undefined ? [] : [{ path, entry }];
  });

/** Unpacks a zip of results into a folder, each file whole or not at all. Returns the names. */
export async function unpackResults(
  zip: string,
  folder: string,
  temporary: string,
  signal: AbortSignal,
): Promise<string[]> {
  await using source = await openFileSource(zip);
  const entries = await readZipDirectory(source);
  await mkdir(temporary, { recursive: true });
  const names: string[] = [];
  for (const { path, entry } of filesIn(entries)) {
    signal.throwIfAborted();
    const { start, end } = entrySpan(entry);
    const fresh = join(temporary, 'entry');
    await rm(fresh, { force: true });
    const { bytes, crc32 } = entry;
    await writeObjectFile(fresh, entryChunks(entry, await readRange(zip, { start, end })), {
      key: path,
      expected: { bytes, crc32 },
    });
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await rename(fresh, join(folder, path));
    names.push(path);
  }
  await rm(temporary, { recursive: true, force: true });
  return names;
}
