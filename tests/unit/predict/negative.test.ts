import { expect, it } from '@jest/globals';
import type { Plane } from '../../../functions/image/image.ts';
import { asSeen, negativeOf } from '../../../functions/stages/predict/negative.ts';

const planeOf = (type: Plane['type'], data: Plane['data']): Plane => ({
  height: 1,
  width: data.length,
  samples: 1,
  type,
  data,
});

it.each<[Plane['type'], Plane['data'], Plane['data']]>([
  ['uint8', Uint8Array.of(10, 12, 30), Uint8Array.of(30, 28, 10)],
  ['int16', Int16Array.of(-32768, 0, 32767), Int16Array.of(32767, -1, -32768)],
  [
    'uint64',
    BigUint64Array.of(3n, 18446744073709551615n, 4n),
    BigUint64Array.of(18446744073709551615n, 3n, 18446744073709551614n),
  ],
  [
    'float32',
    Float32Array.of(-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY),
    Float32Array.of(0.5, Number.NaN, -1, Number.NaN),
  ],
  ['float64', Float64Array.of(Number.NaN), Float64Array.of(Number.NaN)],
])('bright and dark of %s change over within the range of the plane', (type, data, wanted) => {
  const before = data.slice();
  const { data: turned, ...rest } = negativeOf(planeOf(type, data));
  expect([...turned]).toEqual([...wanted]);
  expect(rest).toEqual({ height: 1, width: data.length, samples: 1, type });
  expect(data).toEqual(before); // measured as it is
});

it('planes are shown to the model as they are unless the objects are dark', () => {
  const plane = planeOf('uint8', Uint8Array.of(1, 2));
  expect(asSeen([plane], undefined)[0]).toBe(plane);
  expect([...asSeen([plane], true)[0]!.data]).toEqual([2, 1]);
});
