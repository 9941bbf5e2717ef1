import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readRange, writeObjectFile } from '../../functions/adapters/local/object-files.ts';
import { readZipDirectory } from '../../functions/archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../../functions/archive/zip-entry.ts';
import type { Download } from '../../functions/core/contract.ts';
import { normalisePath } from '../../functions/core/paths.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { UserError } from '../errors.ts';
import { isPassing, withRetries } from './retries.ts';

/** Fetches a download into `file`, continuing a part of it that is there. `sign` asks for a fresh URL. */
export async function fetchDownload(sign: () => Promise<Download>, file: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await withRetries<void>(async () => {
    const { request, bytes } = await sign();
    const have = (await stat(file).catch(() => undefined))?.size ?? 0;
    if (have === bytes) return;
    const from = have < bytes ? have : 0;
    const failed = (why: string, cause?: unknown) => new UserError('downloadFailed', [why], { cause });
    try {
      const response = await fetch(request.url, {
        headers: { ...request.headers, ...(from > 0 && { Range: `bytes=${from}-` }) },
        signal,
      });
      if (!response.ok || response.body === null) {
        const error = failed(`the store answers ${response.status}`);
        if (!isPassing(response.status) && response.status !== 403) throw error; // 403: the URL ran out
        return { again: true, error };
      }
      const flags = response.status === 206 ? 'a' : 'w';
      await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file, { flags }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      return { again: true, error: failed(String((error as Error).message), error) };
    }
    const arrived = (await stat(file)).size;
    if (arrived !== bytes) return { again: true, error: failed(`${arrived} of ${bytes} bytes came`) };
  }, signal);
}

/** Unpacks a zip of results into a folder, each file whole or not at all. Returns the names. */
export async function unpackInto(
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
