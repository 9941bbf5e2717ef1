import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { measure as measureRuns } from '../../../functions/model/instances/measure.ts';
import { objectRuns } from '../../../functions/model/measure/pixel-runs.ts';

interface Fixture {
  height: number;
  width: number;
  labels: number[];
  image: number[];
  expected: Record<string, number[]>;
}
/** Written by tests/support/python/regionprops.py. */
const fixture: Fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/regionprops.json'), 'utf8'));

function measure(
  plane: Parameters<typeof measureRuns>[0],
  labels: Uint32Array,
  count: number,
  pixelSize: Parameters<typeof measureRuns>[2],
) {
  const runs = objectRuns(labels, plane.height, plane.width);
  return measureRuns(plane, { labels, count, runs }, pixelSize).measurements;
}

describe('measure', () => {
  const { height, width, expected } = fixture;
  const labels = Uint32Array.from(fixture.labels);
  const count = Math.max(...labels);
  const plane = { height, width, type: 'uint16' as const, data: Uint16Array.from(fixture.image) };
  const own = measure(plane, labels, count, { x: 0.5, y: 0.25 });

  it.each(Object.keys(expected))('computes %s as scikit-image does', (column) => {
    expect(own[column]).toHaveLength(count);
    expected[column]!.forEach((value, i) => {
      expect(Math.abs(own[column]![i]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
    });
  });

  it('adds micrometres where the pixel size is known', () => {
    expect(Object.keys(own).filter((column) => /_um2?$/.test(column))).toEqual([
      'area_um2',
      'centroid_x_um',
      'centroid_y_um',
      'equivalent_diameter_um',
    ]);
    expect(own.area_um2![3]).toBe(own.area_px![3]! * 0.125);
    expect(own.centroid_x_um![3]).toBe(own.centroid_x_px![3]! * 0.5);
    expect(own.centroid_y_um![3]).toBe(own.centroid_y_px![3]! * 0.25);
    expect(own.equivalent_diameter_um![3]).toBeCloseTo(Math.sqrt((4 * own.area_um2![3]!) / Math.PI), 12);
    expect(Object.keys(measure(plane, labels, count, undefined)).filter((column) => /_um2?$/.test(column))).toEqual([]);
  });

  it('names each object by its label', () => {
    expect(Array.from(own.label!)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  });

  it('measures samples of every type, leaving out what is not finite', () => {
    const four = { height: 1, width: 4 };
    const of = (data: Float32Array | BigInt64Array, type: 'float32' | 'int64') =>
      measure({ ...four, type, data }, Uint32Array.of(1, 1, 1, 2), 2, undefined);
    const floats = of(Float32Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY), 'float32');
    expect(Array.from(floats.intensity_mean!)).toEqual([2, Number.NaN]);
    expect(Array.from(floats.intensity_sum!)).toEqual([4, Number.NaN]);
    const whole = of(BigInt64Array.of(-5n, 0n, 5n, 1n << 40n), 'int64');
    expect(Array.from(whole.intensity_min!)).toEqual([-5, 2 ** 40]);
    expect(whole.intensity_std![0]).toBeCloseTo(Math.sqrt(50 / 3), 12);
    expect(whole.intensity_std![1]).toBe(0);
  });

  it('gives empty columns where there are no objects', () => {
    const none = measure(plane, new Uint32Array(labels.length), 0, undefined);
    expect(Object.values(none).map((column) => column.length)).toEqual(Object.keys(none).map(() => 0));
  });
});
