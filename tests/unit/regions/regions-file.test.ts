import { describe, expect, it } from '@jest/globals';
import { folderEntries } from '../../../cli/run/entries.ts';
import { readZipDirectory } from '../../../functions/archive/zip-directory.ts';
import { classifyPath } from '../../../functions/core/classify-path.ts';
import { regionsFilesOf } from '../../../functions/core/regions-file.ts';
import { planUnpack } from '../../../functions/stages/unzip/plan.ts';
import { memorySource } from '../../support/memory-source.ts';
import { buildZip } from '../../support/zip-builder.ts';

const names = ['a.tif', 'a.roi', 'b_RoiSet.zip', 'd/RoiSet.zip', 'd/c.tif', 'a_regions.tif', 'notes.zip'];
const read = 'left out: it holds regions of interest, which are read with the image beside it';
const stray = 'left out: it holds regions of interest, and no image beside it has its name';
const expected = [
  `a.roi ${read}`,
  `a_regions.tif ${read}`,
  `b_RoiSet.zip ${stray}`,
  `d/RoiSet.zip ${read}`,
  'notes.zip left out: it is a zip among the files: send it by itself',
];

describe('files of regions', () => {
  it('are looked for under these names, the first that is there counts', () => {
    const own = ['a.roi', 'a_RoiSet.zip', 'a.roi.zip', 'a_regions.tif', 'a_regions.tiff'];
    expect(regionsFilesOf('a.ome.tif')).toEqual([...own, 'RoiSet.zip']);
  });

  it.each(['a.ROI', 'a_roiset.zip', 'regions.tif', 'a_regions.png'])('are not called %s', (name) => {
    const { kind, failure } = { failure: undefined, ...classifyPath(name) };
    expect(kind === 'image' || !failure!.message.includes('regions')).toBe(true);
  });

  it('of a folder are left out by name, those that no image has with that reason', () => {
    const files = names.map((path) => ({ path, file: `/x/${path}`, bytes: 1 }));
    const leftOut = folderEntries(files).flatMap((entry) =>
      entry.leftOut ? [`${entry.path} ${entry.leftOut.message}`] : [],
    );
    expect(leftOut.sort()).toEqual(expected);
  });

  it('of a zip are unpacked beside their images, and left out by name', async () => {
    const zip = buildZip({ entries: names.map((name) => ({ name, data: Buffer.from('x') })) });
    const { leftOut, companions, images } = planUnpack(await readZipDirectory(memorySource(zip)));
    expect(leftOut.map(({ path, failure }) => `${path} ${failure.message}`).sort()).toEqual(expected);
    expect(companions.map(({ path }) => path).sort()).toEqual([
      'a.roi',
      'a_regions.tif',
      'b_RoiSet.zip',
      'd/RoiSet.zip',
    ]);
    expect(images.map(({ path }) => path).sort()).toEqual(['a.tif', 'd/c.tif']);
  });
});
