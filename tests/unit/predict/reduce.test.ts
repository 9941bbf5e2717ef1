import { describe, expect, it } from '@jest/globals';
import { enlargeMaps, reducePlane } from '../../../functions/stages/predict/reduce.ts';

const planeOf = (height: number, width: number, data: Float32Array | Uint16Array | BigInt64Array) => ({
  height,
  width,
  samples: 1,
  type: data instanceof Uint16Array ? ('uint16' as const) : ('float32' as const),
  data,
});

describe('reducePlane', () => {
  it('takes the mean of each block, smaller ones at the right and lower edge', async () => {
    const plane = planeOf(3, 5, Uint16Array.of(1, 2, 3, 4, 9, 3, 4, 5, 6, 11, 10, 20, 30, 40, 65_535));
    const { data, ...size } = await reducePlane(plane, 2);
    expect(size).toEqual({ height: 2, width: 3, samples: 1, type: 'float32' });
    expect([...(data as Float32Array)]).toEqual([2.5, 4.5, 10, 15, 35, 65_535]);
  });

  it('leaves out samples that are not finite, and is NaN where there is nothing else', async () => {
    const plane = planeOf(2, 4, Float32Array.of(Number.NaN, 4, Number.NaN, Infinity, 6, 8, -Infinity, Number.NaN));
    expect([...((await reducePlane(plane, 2)).data as Float32Array)]).toEqual([6, Number.NaN]);
  });

  it('reads 64-bit samples', async () => {
    const plane = { ...planeOf(1, 3, BigInt64Array.of(-4n, 6n, 5n)), type: 'int64' as const };
    expect([...((await reducePlane(plane, 3)).data as Float32Array)]).toEqual([Math.fround(7 / 3)]);
  });
});

describe('enlargeMaps', () => {
  const small = { height: 1, width: 3, names: ['foreground'], data: [Float32Array.of(0, 1, 0.5)] };

  it('is linear between the middles of blocks and flat beyond the outermost', async () => {
    const { data, ...rest } = await enlargeMaps(small, 4, 2, 11);
    const row = [0, 0, 0.125, 0.375, 0.625, 0.875, 0.9375, 0.8125, 0.6875, 0.5625, 0.5];
    expect(rest).toEqual({ height: 2, width: 11, names: ['foreground'], reducedBy: 4 });
    expect([...data[0]!]).toEqual([...row, ...row]);
  });

  it('gives a plane that was one block everywhere the same value', async () => {
    const one = { height: 1, width: 1, names: ['a', 'b'], data: [Float32Array.of(0.25), Float32Array.of(1)] };
    expect((await enlargeMaps(one, 3, 2, 3)).data.map((map) => [...map])).toEqual([
      Array(6).fill(0.25),
      Array(6).fill(1),
    ]);
  });
});
