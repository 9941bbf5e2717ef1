import { resolve } from 'node:path';
import { expect } from '@jest/globals';
import { openFileSource } from '../../../functions/image/file-source.ts';
import { openImage } from '../../../functions/image/tiff/image.ts';
import { openEngine } from '../../../functions/model/engine/engine.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { type LabelImage, scoreLabels } from '../../../functions/model/score.ts';
import { describeWithSharedData, itWithSharedData, sharedData } from '../../support/shared-data.ts';

const readPlane = async (name: string) => {
  await using source = await openFileSource(sharedData('images', name));
  const image = await openImage(source);
  return await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
};

describeWithSharedData('real nuclei that no model was trained on', () => {
  itWithSharedData.each([
    ['the default model', resolve(import.meta.dirname, '../../../models/nuclei'), 0.8],
    ['a package of others, without settings of ours', sharedData('models/unet2d_nuclei_broad'), 0.79],
  ])('are found by %s', async (_what, folder, least) => {
    const plane = await readPlane('nuclei-dsb2018.tif');
    const truth = await readPlane('nuclei-dsb2018-labels.tif');
    await using engine = await openEngine(await openModel(folder), { workers: 1 });
    const { labels } = await engine.segment(plane, await engine.predict([plane]), { preview: false });
    const [score] = scoreLabels(labels, truth.data as LabelImage, [0.5]);
    expect(score!.f1).toBeGreaterThanOrEqual(least);
  });
});
