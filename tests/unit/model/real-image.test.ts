import { resolve } from 'node:path';
import { expect } from '@jest/globals';
import { openFileSource } from '../../../functions/image/file-source.ts';
import type { Plane } from '../../../functions/image/image.ts';
import { openImage } from '../../../functions/image/tiff/image.ts';
import { openEngine } from '../../../functions/model/engine/engine.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { type LabelImage, scoreLabels } from '../../../functions/model/score.ts';
import { chooseScale, restored, scaled } from '../../../functions/stages/predict/scale.ts';
import { describeWithSharedData, itWithSharedData, sharedData } from '../../support/shared-data.ts';

const nuclei = resolve(import.meta.dirname, '../../../models/nuclei');

const readPlane = async (name: string) => {
  await using source = await openFileSource(sharedData('images', name));
  const image = await openImage(source);
  return await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
};

describeWithSharedData('real nuclei that no model was trained on', () => {
  itWithSharedData.each([
    ['the default model', nuclei, 0.8],
    ['a package of others, without settings of ours', sharedData('models/unet2d_nuclei_broad'), 0.79],
  ])('are found by %s', async (_what, folder, least) => {
    const plane = await readPlane('nuclei-dsb2018.tif');
    const truth = await readPlane('nuclei-dsb2018-labels.tif');
    await using engine = await openEngine(await openModel(folder), { workers: 1 });
    const { labels } = await engine.segment(plane, await engine.predict([plane]), { preview: false });
    const [score] = scoreLabels(labels, truth.data as LabelImage, [0.5]);
    expect(score!.f1).toBeGreaterThanOrEqual(least);
  });

  // Their nuclei are about as wide as those from which on planes are reduced.
  itWithSharedData('are predicted at one scale and counted alike in mirrored copies of an image', async () => {
    const plane = await readPlane('nuclei-dsb2018.tif');
    const model = await openModel(nuclei);
    await using engine = await openEngine(model, { workers: 1 });
    const counts: number[] = [];
    const factors: number[] = [];
    for (const copy of [plane, mirrored(plane, 'rows'), mirrored(plane, 'columns')]) {
      const clues = { diameter: undefined, pixelSize: undefined, size: copy, look: async () => [copy] };
      const scale = await chooseScale(model.description.settings.scale, clues, engine);
      factors.push(scale.factor);
      const maps = await restored(await engine.predict(await scaled([copy], scale)), scale, copy);
      counts.push((await engine.segment(copy, maps, { preview: false, factor: scale.factor })).count);
    }
    expect(Math.max(...factors) / Math.min(...factors)).toBeLessThan(1.1);
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.04);
  });
});

function mirrored(plane: Plane, what: 'rows' | 'columns'): Plane {
  const { height, width } = plane;
  const data = Float32Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return Number(plane.data[what === 'rows' ? (height - 1 - y) * width + x : y * width + (width - 1 - x)]);
  });
  return { ...plane, type: 'float32', data };
}
