import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { builtImageFile } from '../package/built-image.ts';

/** What a build or a run leaves in the folder: none of the image's making. */
const leftOut = new Set([builtImageFile, `${builtImageFile}.part`, '.git', '__pycache__', 'node_modules', '.venv']);

/** Files of a context at most. */
const mostFiles = 20_000;

/** sha256 of the names, kinds and bytes of all files of a folder that an image is built of. */
export async function sourceDigest(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => !name.split(/[/\\]/).some(isLeftOut))
    .sort();
  if (names.length > mostFiles)
    throw new RangeError(`${folder} has ${names.length} files; no package has ${mostFiles}`);
  const all = createHash('sha256');
  for (const name of names) {
    const path = join(folder, name);
    const found = await lstat(path);
    const runs = (found.mode & 0o100) !== 0 ? 'x' : '-';
    if (found.isSymbolicLink()) all.update(JSON.stringify([name, 'link', await readlink(path)]));
    else if (found.isFile()) all.update(JSON.stringify([name, runs, await fileDigest(path)]));
  }
  return all.digest('hex');
}

const isLeftOut = (name: string): boolean => leftOut.has(name);

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
