import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readRange, writeObjectFile } from '../adapters/local/object-files.ts';
import { readZipDirectory } from '../archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../archive/zip-entry.ts';
import { normalisePath } from '../core/paths.ts';
import { openFileSource } from '../image/file-source.ts';

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
  for (const entry of entries) {
    signal.throwIfAborted();
    const { path } = normalisePath(entry.name ?? '');
    if (entry.kind === 'directory' || path === undefined) continue;
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
