import { expect, it } from '@jest/globals';
import { openRegions } from '../../../functions/image/tiff/regions.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { sizeAt } from '../../../web/viewer/tile-choice.ts';
import { correctedImage } from '../../../web/viewer/worker/corrected-image.ts';
import { readAtLevel } from '../../../web/viewer/worker/tile-reader.ts';
import { operation, plane, randomNumbers } from '../../support/edit-maker.ts';
import { collect, memorySource } from '../../support/memory-source.ts';

it('a corrected plane is shown at every level as a file with its labels would be', async () => {
  const random = randomNumbers(1);
  const [width, height] = [53, 37];
  const data = Uint16Array.from({ length: width * height }, () => random(5));
  const info = { height, width, samples: 1, type: 'uint16', positions: 1, times: 1, depths: 2, channels: 1 } as const;
  const planes = [1, 2].map(() => ({ height, width, samples: 1, type: 'uint16' as const, data }));
  const bytes = await collect(writeTiff({ ...info, channelNames: [undefined] }, planes));
  const stored = await openRegions(memorySource(bytes), {
    ...{ name: 'labels.tif', keptBytes: 1 << 20 },
    expandElsewhere: async () => new Uint8Array(0),
  });
  const corrected = correctedImage(stored);
  await corrected.open(plane, { stored: [operation({ do: 'delete', objects: [2] })], own: [] });
  for (let level = 0; level <= 4; level++) {
    const size = sizeAt(info, level);
    for (const region of [
      { left: 0, top: 0, ...size },
      { left: size.width - 1, top: 1, width: 1, height: size.height - 1 },
    ]) {
      const at = { plane, source: { channel: 0, sample: 0 }, level };
      const wanted = await readAtLevel(corrected.image, at, region, true);
      expect(Array.from(corrected.sampled(plane, level, region)!.data)).toEqual(Array.from(wanted.data));
      expect(Array.from(wanted.data)).not.toContain(2);
    }
  }
  expect(corrected.sampled({ ...plane, depth: 1 }, 0, { left: 0, top: 0, width: 1, height: 1 })).toBeUndefined();
});
