import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

it('samples/make.ts makes the sample files of the repository, byte for byte', async () => {
  await using folder = await temporaryFolder();
  await makeSamples(folder.path);
  const tree = await treeOf(folder.path);
  expect(Object.keys(tree)).toEqual([
    'experiment.zip',
    'images/dense.tif',
    'images/dim/large cells.tif',
    'images/sparse.tif',
    'images/z-stack.tif',
  ]);
  expect(await treeOf(resolve(import.meta.dirname, '../../samples'))).toMatchObject(tree);
}, 30_000);
