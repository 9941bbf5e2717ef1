import { createReadStream } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { createDeflateRaw } from 'node:zlib';
import { RunError } from '@pulumi/pulumi';
import { zipStream } from '../../functions/archive/zip-writer.ts';

/** Bytes of a zip. Lambda refuses requests of more than 70,167,211 bytes, in which the zip is in base64: 52 MB of it. */
const largestInRequest = 50_000_000;
/** Bytes of files. Source: AWS Lambda quotas, deployment package, unzipped. */
export const largestUnpacked = 262_144_000;

interface CodeFile {
  /** With `/`. */
  name: string;
  path: string;
  bytes: number;
}

async function filesIn(folder: string): Promise<CodeFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => ({
      name: path.slice(join(folder, sep).length).split(sep).join('/'),
      path,
      bytes: (await stat(path)).size,
    })),
  );
}

/** What the engine's zip holds of these files, or a little more: it deflates them, at a higher level. */
async function deflatedBytes(files: readonly CodeFile[]): Promise<number> {
  let bytes = 0;
  for (const { path } of files)
    for await (const chunk of createReadStream(path).pipe(createDeflateRaw({ level: 1 })) as AsyncIterable<Buffer>)
      bytes += chunk.length;
  return bytes;
}

/**
 * Packs the functions, a folder each in `out`, that are too large for a request into `{name}.zip` beside their folders,
 * before anything is sent. The same files give the same bytes. Throws a RunError for one that Lambda would refuse.
 */
export async function packLargeFunctions(
  out: string,
  names: readonly string[],
  inRequest = largestInRequest,
): Promise<void> {
  for (const name of names) {
    const files = await filesIn(join(out, name));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > largestUnpacked) {
      throw new RunError(`${name}: Unzipped size must be smaller than ${largestUnpacked} bytes, and it has ${bytes}`);
    }
    if (bytes <= inRequest || (await deflatedBytes(files)) <= inRequest) continue;
    const items = files.map(({ path, ...item }) => ({ ...item, read: () => createReadStream(path) }));
    await writeFile(join(out, `${name}.zip`), zipStream(items)); // each chunk before the next is made, which may take its place
  }
}
