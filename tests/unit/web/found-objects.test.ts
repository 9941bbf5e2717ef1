import { expect, it } from '@jest/globals';
import type { ImageInfo, Plane } from '../../../functions/image/image.ts';
import { expandElsewhere } from '../../../functions/image/tiff/decode-threads.ts';
import { openRegions } from '../../../functions/image/tiff/regions.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { instanceSettings, type WatershedSettings } from '../../../functions/model/package/settings.ts';
import { foundObjects } from '../../../web/viewer/worker/found-objects.ts';
import { collect, memorySource } from '../../support/memory-source.ts';

const [height, width] = [4, 8];
const settings = instanceSettings.parse({ method: 'threshold', threshold: 0.5, minArea: 1 }) as WatershedSettings;

/** Two planes: objects of 4 and of 1 pixels, the second plane without the small one. */
async function maps() {
  const info: ImageInfo = {
    ...{ height, width, samples: 1, type: 'float32', positions: 1, times: 1, depths: 2, channels: 1 },
    channelNames: ['foreground'],
  };
  const planeOf = (small: number): Plane => {
    const data = new Float32Array(height * width);
    for (const at of [0, 1, 8, 9]) data[at] = 0.6;
    data[30] = small;
    return { height, width, samples: 1, type: 'float32', data };
  };
  const bytes = await collect(writeTiff(info, [planeOf(0.9), planeOf(0.2)]));
  return openRegions(memorySource(bytes), { name: 'prob.tif', expandElsewhere, keptBytes: 1 << 20 });
}

const plane = { position: 0, time: 0, depth: 0 };
const whole = { left: 0, top: 0, width, height };

it('objects of maps are found again as the threshold and the smallest size change, in each plane', async () => {
  const found = foundObjects(await maps(), settings);
  expect(await found.find(plane, {})).toMatchObject({ count: 2 });
  expect(await found.find(plane, { threshold: 0.7 })).toMatchObject({ count: 1 });
  expect(await found.find(plane, { minSize: 2 })).toMatchObject({ count: 1 });
  expect(await found.find({ ...plane, depth: 1 }, { threshold: 0.1 })).toMatchObject({ count: 2 });
});

it('labels are those of the last choice, also in parts', async () => {
  const found = foundObjects(await maps(), settings);
  const at = { ...plane, channel: 0 };
  const all = await found.readRegion(at, 0, whole);
  expect([all.type, all.data[0], all.data[9], all.data[30]]).toEqual(['uint32', 1, 1, 2]);
  await found.find(plane, { threshold: 0.7 });
  expect([...(await found.readRegion(at, 0, { left: 5, top: 3, width: 3, height: 1 })).data]).toEqual([0, 1, 0]);
});

it('maps that are too large to hold are refused in words', async () => {
  const small = await maps();
  const large = { ...small, info: { ...small.info, height: 20_000, width: 20_000 } };
  expect(() => foundObjects(large, settings)).toThrow(
    '1 maps of 20000 × 20000 pixels are too much to try settings on; crop the image, or choose a smaller one',
  );
});
