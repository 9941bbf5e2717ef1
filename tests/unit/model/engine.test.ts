import { types } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plane } from '../../../functions/image/image.ts';
import { type Engine, openEngine } from '../../../functions/model/engine/engine.ts';
import { type ModelPackage, openModel } from '../../../functions/model/package/package.ts';
import { fixtureModel, planeOf, randomNumbers } from '../../support/models.ts';
import { describeWithSharedData, sharedData } from '../../support/shared-data.ts';

/** Opens an engine for one test. */
async function using<T>(model: ModelPackage, work: (engine: Engine) => Promise<T>, workers = 1): Promise<T> {
  await using engine = await openEngine(model, { workers });
  return await work(engine);
}

const noise = (seed: number) => {
  const random = randomNumbers(seed);
  return () => Math.floor(random() * 4000);
};

describe('predict', () => {
  let identity: Engine;
  let unet: Engine;
  beforeAll(async () => {
    identity = await openEngine(await fixtureModel('identity'), { workers: 1 });
    unet = await openEngine(await fixtureModel('unet'), { workers: 2 });
  });
  afterAll(async () => {
    await identity[Symbol.asyncDispose]();
    await unet[Symbol.asyncDispose]();
  });

  it('gives one named map a channel, on shared memory', async () => {
    const maps = await unet.predict([planeOf(20, 30, noise(1))]);
    expect(maps).toMatchObject({ height: 20, width: 30, names: ['foreground', 'boundary'] });
    expect(maps.data.map((map) => map.length)).toEqual([600, 600]);
    expect(maps.data.every((map) => types.isSharedArrayBuffer(map.buffer))).toBe(true);
  });

  it.each([
    [1, 1],
    [1, 200],
    [7, 3],
    [129, 70],
  ])('takes a plane of %d x %d', async (height, width) => {
    const plane = planeOf(height, width, (y, x) => y * 1000 + x);
    expect((await identity.predict([plane])).data[0]).toEqual(plane.data);
  });

  it.each(['uint16', 'float32'] as const)('tiles a %s plane so that nothing shows', async (type) => {
    const plane = planeOf(203, 331, noise(2), type);
    const tiled = await unet.predict([plane]);
    const { description, ...rest } = await fixtureModel('unet');
    const whole = { ...rest, description: { ...description, settings: { ...description.settings, tile: 512 } } };
    const untiled = await using(whole, (engine) => engine.predict([plane]));
    tiled.data.forEach((map, c) => {
      let largest = 0;
      for (let i = 0; i < map.length; i++) largest = Math.max(largest, Math.abs(map[i]! - untiled.data[c]![i]!));
      expect(largest).toBeLessThanOrEqual(1e-6);
    });
  });

  it('gives the same bits with any number of workers, and a second time', async () => {
    const plane = planeOf(150, 150, noise(3), 'uint16');
    const two = await unet.predict([plane]);
    expect((await unet.predict([plane])).data).toEqual(two.data);
    expect((await using(await fixtureModel('unet'), (engine) => engine.predict([plane]))).data).toEqual(two.data);
  });

  it('predicts many planes at once, each its own', async () => {
    const planes = Array.from({ length: 40 }, (_, i) => planeOf(5, 5, () => i));
    const maps = await Promise.all(planes.map((plane) => identity.predict([plane])));
    expect(maps.map(({ data }) => data[0]![24])).toEqual(planes.map((_, i) => i));
  });

  it('reads the margin of a model that crops from the mirrored plane', async () => {
    const plane = planeOf(25, 19, noise(4));
    const [own] = (await using(await fixtureModel('valid'), (engine) => engine.predict([plane]))).data;
    const at = (y: number, x: number): number => {
      const mirror = (i: number, n: number): number => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
      return plane.data[mirror(y, 25) * 19 + mirror(x, 19)] as number;
    };
    for (const [y, x] of [
      [0, 0],
      [0, 18],
      [24, 18],
      [12, 9],
    ] as const) {
      let expected = 0;
      for (let k = 0; k < 9; k++) expected += (at(y + Math.floor(k / 3) - 1, x + (k % 3) - 1) * (k + 1)) / 45;
      expect(own![y * 19 + x]).toBeCloseTo(expected, 2);
    }
  });

  it('runs a model of fixed size with channels last on two channels', async () => {
    const left = planeOf(40, 70, (y, x) => y + x);
    const right = planeOf(40, 70, (_, x) => x);
    const [own] = (await using(await fixtureModel('fixed'), (engine) => engine.predict([left, right]), 2)).data;
    expect(own).toEqual(planeOf(40, 70, (y, x) => y - x - 1).data);
  });

  it('runs a model of integers', async () => {
    const [own] = (
      await using(await fixtureModel('bytes'), (engine) => engine.predict([planeOf(2, 3, (y, x) => 300 * y + x)]))
    ).data;
    expect(Array.from(own!)).toEqual([0, 0, 1, 127, 127, 127]);
  });

  it('reads samples that are not finite as the smallest finite one', async () => {
    const plane = planeOf(1, 4, (_, x) => [5, Number.NaN, -2, Number.NEGATIVE_INFINITY][x]!);
    expect(Array.from((await identity.predict([plane])).data[0]!)).toEqual([5, -2, -2, -2]);
    const nothing = planeOf(1, 2, () => Number.NaN);
    expect(Array.from((await identity.predict([nothing])).data[0]!)).toEqual([0, 0]);
  });

  it.each<[Plane['type'], Plane['data'], number[]]>([
    ['uint8', Uint8Array.of(0, 255), [0, 255]],
    ['int8', Int8Array.of(-128, 127), [-128, 127]],
    ['int16', Int16Array.of(-32768, 32767), [-32768, 32767]],
    ['uint32', Uint32Array.of(0, 4294967295), [0, 4294967296]],
    ['int32', Int32Array.of(-2147483648, 5), [-2147483648, 5]],
    ['uint64', BigUint64Array.of(0n, 2n ** 64n - 1n), [0, 2 ** 64]],
    ['int64', BigInt64Array.of(-(2n ** 63n), 9n), [-(2 ** 63), 9]],
    ['float16', Float16Array.of(-1.5, 65504), [-1.5, 65504]],
    ['float64', Float64Array.of(0.1, 1e300), [Math.fround(0.1), Math.fround(0.1)]],
  ])('reads %s samples as float32', async (type, data, expected) => {
    const plane = { height: 1, width: 2, samples: 1, type, data };
    expect(Array.from((await identity.predict([plane])).data[0]!)).toEqual(expected);
  });

  it('refuses a line that its smallest tile would make a plane of hundreds of megapixels', async () => {
    const { description, ...rest } = await fixtureModel('unet');
    const rule = { min: 96, step: 8 };
    const model = { ...rest, description: { ...description, input: { ...description.input, y: rule, x: rule } } };
    await using(model, async (engine) => {
      await expect(engine.predict([planeOf(1_000_000, 1, () => 0)])).rejects.toMatchObject({
        code: 'imageTooLarge',
        advice: {
          why: expect.stringMatching(
            /^a plane of 1 x 1000000 pixels is a line: the model would fill it up to \d\d\d megapixels$/,
          ),
        },
      });
      expect((await engine.predict([planeOf(3, 200, noise(6))])).width).toBe(200);
    });
  });

  it('says what the model failed on', async () => {
    const model = await fixtureModel('failing');
    await using(model, async (engine) => {
      await expect(engine.predict([planeOf(9, 9, () => 1)])).rejects.toMatchObject({
        code: 'modelFailed',
        advice: { why: expect.stringMatching(/^on a tile of 9 x 9: .*(invalid dimensions|cannot be reshaped)/i) },
      });
      const good = planeOf(16, 16, (y, x) => y * x);
      expect((await engine.predict([good])).data[0]).toEqual(good.data);
    });
  });

  it('refuses maps that are not numbers', async () => {
    await using(await fixtureModel('logarithm'), (engine) =>
      expect(engine.predict([planeOf(3, 3, (y) => y - 1)])).rejects.toMatchObject({
        code: 'modelFailed',
        advice: { why: 'it returned values that are no numbers' },
      }),
    );
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const running = unet.predict([planeOf(600, 600, noise(5))], stop.signal);
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(unet.predict([planeOf(3, 3, () => 0)], stop.signal)).rejects.toBe(reason);
    expect((await unet.predict([planeOf(3, 3, () => 0)])).height).toBe(3);
  });

  it('refuses planes that do not fit the model or each other', async () => {
    await expect(identity.predict([])).rejects.toThrow('0 planes for 1 channels');
    await expect(identity.predict([{ ...planeOf(2, 2, () => 0), width: 3 }])).rejects.toThrow(RangeError);
    await expect(identity.predict([planeOf(0, 4, () => 0)])).rejects.toMatchObject({ code: 'modelFailed' });
  });
});

describe('segment', () => {
  it('returns labels, measurements and a preview', async () => {
    await using(await fixtureModel('identity'), async (engine) => {
      const plane = planeOf(40, 50, (y, x) =>
        Math.hypot(y - 20, x - 12) < 8 || Math.hypot(y - 20, x - 36) < 9 ? 1 : 0,
      );
      const maps = await engine.predict([plane]);
      const { count, labels, measurements, preview } = await engine.segment(plane, maps, {
        pixelSize: { x: 2, y: 2 },
        preview: true,
      });
      expect(count).toBe(2);
      expect([labels[20 * 50 + 12], labels[20 * 50 + 36], labels[0]]).toEqual([2, 1, 0]);
      expect(types.isSharedArrayBuffer(labels.buffer)).toBe(true);
      expect(Array.from(measurements.area_px!)).toEqual([249, 193]);
      expect(Array.from(measurements.area_um2!)).toEqual([996, 772]);
      expect(Array.from(preview.subarray(0, 4))).toEqual([0x89, 0x50, 0x4e, 0x47]);
      const bare = await engine.segment(plane, maps, { preview: false });
      expect(bare.preview).toHaveLength(0);
      expect(bare.measurements).not.toHaveProperty('area_um2');
    });
  });
});

describe('openEngine', () => {
  it('refuses weights that contradict the description', async () => {
    const unet = await fixtureModel('unet');
    const { weights } = await fixtureModel('fixed');
    await expect(openEngine({ ...unet, weights }, { workers: 2 })).rejects.toMatchObject({
      code: 'modelBroken',
      advice: {
        why: expect.stringMatching(/^weights\.onnx: input is fixed to 32 along channel, the description says 1/),
      },
    });
  });

  it('refuses weights that are none', async () => {
    const unet = await fixtureModel('unet');
    const weights = new Uint8Array(new SharedArrayBuffer(100)).fill(7);
    await expect(openEngine({ ...unet, weights }, { workers: 1 })).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: expect.stringMatching(/^the ONNX weights do not load: /) },
    });
  });
});

describeWithSharedData('the real package', () => {
  it('predicts a plane of another size than its own', async () => {
    const model = await openModel(sharedData('models/unet2d_nuclei_broad'));
    const maps = await using(model, (engine) => engine.predict([planeOf(40, 600, noise(6), 'uint16')]), 2);
    expect(maps.names).toEqual(['probability']);
    expect(maps.data[0]!.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});
