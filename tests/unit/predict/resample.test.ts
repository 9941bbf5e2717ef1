import { describe, expect, it } from '@jest/globals';
import { resampledSize, resamplePlane, restoreMaps } from '../../../functions/stages/predict/resample.ts';

const planeOf = (height: number, width: number, data: Float32Array | Uint16Array | BigInt64Array) => ({
  height,
  width,
  samples: 1,
  type: data instanceof Uint16Array ? ('uint16' as const) : ('float32' as const),
  data,
});

describe('resamplePlane', () => {
  it('takes the mean of each block, smaller ones at the right and lower edge', async () => {
    const plane = planeOf(3, 5, Uint16Array.of(1, 2, 3, 4, 9, 3, 4, 5, 6, 11, 10, 20, 30, 40, 65_535));
    const { data, ...size } = await resamplePlane(plane, 2);
    expect(size).toEqual({ height: 2, width: 3, samples: 1, type: 'float32' });
    expect([...(data as Float32Array)]).toEqual([2.5, 4.5, 10, 15, 35, 65_535]);
  });

  it('leaves out samples that are not finite, and is NaN where there is nothing else', async () => {
    const plane = planeOf(2, 4, Float32Array.of(Number.NaN, 4, Number.NaN, Infinity, 6, 8, -Infinity, Number.NaN));
    expect([...((await resamplePlane(plane, 2)).data as Float32Array)]).toEqual([6, Number.NaN]);
  });

  it('weighs samples that lie in two pixels by how much of them does', async () => {
    const plane = planeOf(3, 5, Uint16Array.of(3, 6, 9, 30, 60, 3, 6, 9, 30, 60, 0, 0, 0, 90, 0));
    const { data, ...size } = await resamplePlane(plane, 1.5);
    expect(size).toEqual({ height: 2, width: 4, samples: 1, type: 'float32' });
    // Columns 0 to 1.5, 1.5 to 3, 3 to 4.5 and 4.5 to 5; of the second row half counts in each row of the result.
    expect([...(data as Float32Array)]).toEqual(
      [4, 8, 40, 60, 4 / 3, 8 / 3, (60 / 2 + 90) / 2.25, 20].map(Math.fround),
    );
  });

  it('is linear between the middles of samples where pixels become narrower, flat beyond the outermost', async () => {
    const { data, ...size } = await resamplePlane(planeOf(1, 3, Uint16Array.of(0, 8, 4)), 1 / 2);
    expect(size).toEqual({ height: 2, width: 6, samples: 1, type: 'float32' });
    expect([...(data as Float32Array)]).toEqual([0, 2, 6, 7, 5, 4, 0, 2, 6, 7, 5, 4]);
  });

  it.each([
    [30, 1 / 1.1, 33],
    [33, 1.1, 30],
    [31, 1.5, 21],
    [7, 16, 1],
  ])('makes %d pixels wider by %d: %d', (length, factor, expected) => {
    expect(resampledSize({ height: length, width: 1 }, factor).height).toBe(expected);
  });

  it('reads 64-bit samples', async () => {
    const plane = { ...planeOf(1, 3, BigInt64Array.of(-4n, 6n, 5n)), type: 'int64' as const };
    expect([...((await resamplePlane(plane, 3)).data as Float32Array)]).toEqual([Math.fround(7 / 3)]);
  });
});

describe('restoreMaps', () => {
  const small = { height: 1, width: 3, names: ['foreground'], data: [Float32Array.of(0, 1, 0.5)] };

  it('is linear between the middles of blocks and flat beyond the outermost', async () => {
    const { data, ...rest } = await restoreMaps(small, 4, { height: 2, width: 11 });
    const row = [0, 0, 0.125, 0.375, 0.625, 0.875, 0.9375, 0.8125, 0.6875, 0.5625, 0.5];
    expect(rest).toEqual({ height: 2, width: 11, names: ['foreground'] });
    expect([...data[0]!]).toEqual([...row, ...row]);
  });

  it('takes the mean by area where the plane was enlarged', async () => {
    const large = { height: 2, width: 4, names: ['a'], data: [Float32Array.of(0, 1, 0.5, 0.25, 1, 0, 0.5, 0.75)] };
    expect([...(await restoreMaps(large, 1 / 2, { height: 1, width: 2 })).data[0]!]).toEqual([0.5, 0.5]);
    const half = await restoreMaps(large, 2 / 3, { height: 1, width: 3 });
    expect(half.data[0]!.map((value) => Math.round(3000 * value))).toEqual(Float32Array.of(1333, 1667, 1250));
  });

  it('gives a plane that was one block everywhere the same value', async () => {
    const one = { height: 1, width: 1, names: ['a', 'b'], data: [Float32Array.of(0.25), Float32Array.of(1)] };
    expect((await restoreMaps(one, 3, { height: 2, width: 3 })).data.map((map) => [...map])).toEqual([
      Array(6).fill(0.25),
      Array(6).fill(1),
    ]);
  });
});
