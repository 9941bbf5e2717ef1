import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { inputRef, resultRef } from '../../../functions/core/object-keys.ts';
import { admitPlanes, largestPlane, machineMemory } from '../../../functions/runtime/admit-planes.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import type { PredictServices } from '../../../functions/stages/predict/services.ts';
import { bytesOf } from '../../support/bytes.ts';
import { dottedEngine } from '../../support/dotted-engine.ts';
import { type StageWorld, settings, stageWorld } from '../../support/stage-world.ts';
import { buildTiff, long, short } from '../../support/tiff-builder.ts';

const mebi = 2 ** 20;

const services = (world: StageWorld, admit: PredictServices['admit']): PredictServices => ({
  ...world,
  model: async () => ({ engine: dottedEngine((value) => value), input: { channelCount: 1 } }),
  planesAhead: 2,
  admit,
});

/** Zeros, deflated: `height` x `width` pixels of `samples`. */
function zeros(height: number, width: number, samples = 1): Uint8Array {
  const strip = new Uint8Array(deflateSync(new Uint8Array(height * width * samples)));
  const tags = {
    ...{ 256: long(width), 257: long(height), 259: short(8), 278: long(height) },
    ...{ 258: { type: 3, values: new Array<number>(samples).fill(8) }, 277: short(samples), 262: short(1) },
    339: { type: 3, values: new Array<number>(samples).fill(1) },
  };
  return buildTiff({ pages: [{ height: 1, width: strip.length, data: strip, tags }] });
}

describe('a plane that is larger than the memory', () => {
  it('fails by name, without being read, and the next file is predicted', async () => {
    const world = await stageWorld();
    const files = {
      // 16 MB of pixels from 17 kB; a page whose pixels are few, of 50,000 samples each
      'huge.tif': zeros(4000, 4000),
      'deep.tif': zeros(10, 40, 50_000),
      'small.tif': zeros(20, 20),
    };
    await world.jobs.expect(
      world.job,
      Object.entries(files).map(([path, { length: bytes }]) => ({ path, bytes })),
    );
    for (const [path, bytes] of Object.entries(files)) await world.objects.put(inputRef(world.job, path), bytes);
    const admit = admitPlanes(4 * mebi, 8 * mebi);
    const before = process.memoryUsage().arrayBuffers;
    for (const path of Object.keys(files)) await predictFile({ ...world.job, path }, services(world, admit));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * mebi);
    expect(await world.outcomes()).toEqual([
      'deep.tif: imageTooLarge: the image is too large: a plane takes 20 MB, and one may take 8 MB on this machine',
      'huge.tif: imageTooLarge: the image is too large: a plane takes 489 MB, and one may take 8 MB on this machine',
      'small.tif: done',
    ]);
  });
});

describe('admission of planes', () => {
  it('lets a plane in alone that is larger than those at once may be together', async () => {
    const admit = admitPlanes(10, 30);
    const leave = await admit(6);
    const order: string[] = [];
    const large = admit(25).then((release) => {
      order.push('large');
      return release;
    });
    const small = admit(4).then(() => order.push('small'));
    order.push('left');
    leave();
    (await large)();
    await small;
    expect(order).toEqual(['left', 'large', 'small']);
    await expect(admit(31)).rejects.toMatchObject({ code: 'imageTooLarge' });
  });

  it('leaves half of the machine, and never takes more than 16 GiB for one plane', () => {
    expect(largestPlane()).toBe(Math.min(machineMemory() / 2, 16 * 2 ** 30));
    expect(32 * 30_000 * 30_000).toBeGreaterThan(16 * 2 ** 30); // on every machine
  });
});

it('a file that is an image of one channel in green is predicted in green, and its summary says so', async () => {
  const world = await stageWorld();
  const path = 'gfp.tif';
  const data = Uint8Array.from({ length: 300 }, (_, i) => (i % 3 === 1 && i < 30 ? 9 : 0));
  const bytes = buildTiff({ pages: [{ height: 10, width: 10, samples: 3, data }] });
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  await predictFile({ ...world.job, path }, services(world, admitPlanes(mebi)));
  const summary = await bytesOf(await world.objects.get(resultRef(world.job, path, 'summary.json')));
  expect(JSON.parse(summary.toString())).toMatchObject({
    objects: 10,
    channel: { index: 1, name: 'green' },
    settings: { probabilities: settings.probabilities ?? false },
  });
});
