import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import { cli } from '../../support/cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { treeOf } from '../../support/tree.ts';
import { buildZip } from '../../support/zip-builder.ts';
import { withoutManifest } from './folder-of-images.ts';

/** What the tests send, and what it should become. */
export interface Material extends AsyncDisposable {
  folder: string;
  /** A folder of images, and the same as a zip. */
  images: string;
  zip: string;
  count: number;
  /** What `labdeploy run` makes of them: path to sha256. */
  expected: Record<string, string>;
}

const samples = join(import.meta.dirname, '../../../samples/images');
/** Names that keys, addresses and headers must not mangle. */
const names: Record<string, string> = {
  'sparse.tif': 'sparse.tif',
  'dim/large cells.tif': 'Tag 1/Zellkörper #2 + 5%.tif',
};

export async function makeMaterial(): Promise<Material> {
  const temporary: TemporaryFolder = await temporaryFolder();
  const folder = temporary.path;
  const images = join(folder, 'images');
  const entries: { name: string; data: Buffer }[] = [];
  for (const [from, to] of Object.entries(names)) {
    await mkdir(dirname(join(images, to)), { recursive: true });
    await copyFile(join(samples, from), join(images, to));
    entries.push({ name: to, data: await readFile(join(samples, from)) });
  }
  const zip = join(folder, 'images.zip');
  await writeFile(zip, buildZip({ entries }));
  const out = join(folder, 'run');
  expect(await cli(['run', images, '-o', out])).toMatchObject({ code: 0 });
  return {
    ...{ folder, images, zip },
    count: entries.length,
    expected: withoutManifest(await treeOf(out)),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}
