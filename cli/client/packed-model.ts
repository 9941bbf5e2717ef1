import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ZipItem, zipStream } from '../../functions/archive/zip-writer.ts';
import { walkFolder } from '../run/walk-folder.ts';

/** The zip of a package, until it is disposed of. */
export interface PackedModel extends AsyncDisposable {
  file: string;
  bytes: number;
  /** Of the zip: the same files give the same. */
  sha256: string;
}

/** A zip as it is, or the zip of a folder: its files in order of their names, without those that are hidden. */
export async function packModel(path: string): Promise<PackedModel> {
  if (!(await stat(path)).isDirectory()) return packed(path, async () => {});
  const folder = await mkdtemp(join(tmpdir(), 'labdeploy-model-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, 'package.zip');
    await using out = await open(file, 'w');
    // One after the other: a chunk is good only until the next is asked for.
    for await (const chunk of zipStream(await itemsOf(path))) await out.writeFile(chunk);
    return await packed(file, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function itemsOf(folder: string): Promise<ZipItem[]> {
  const items: ZipItem[] = [];
  for await (const { file, path, bytes, trouble } of walkFolder({ file: folder, path: '' }, undefined)) {
    const name = path.replace(/^\//, '');
    if (trouble !== undefined || name.split('/').some((part) => part.startsWith('.'))) continue;
    items.push({ name, bytes, read: () => createReadStream(file) });
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function packed(file: string, dispose: () => Promise<void>): Promise<PackedModel> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
  }
  return { file, bytes, sha256: hash.digest('hex'), [Symbol.asyncDispose]: dispose };
}
