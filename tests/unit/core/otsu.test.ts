import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { otsuHistogram } from '../../../functions/core/otsu.ts';

/** Written by tests/support/python/channels.py. */
const { otsu }: { otsu: { means: number[]; threshold: number }[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/channels.json'), 'utf8'),
);

const thresholdOf = (values: readonly number[]): number | undefined => {
  const histogram = otsuHistogram(Math.min(...values), Math.max(...values));
  for (const value of values) histogram.add(value);
  return histogram.threshold();
};

describe("Otsu's threshold", () => {
  it.each(otsu)(
    'of $means.length values ends the bin whose middle scikit-image gives: $threshold',
    ({ means, threshold }) => {
      const halfBin = (Math.max(...means) - Math.min(...means)) / 512;
      expect(Math.abs(thresholdOf(means)! - threshold - halfBin)).toBeLessThanOrEqual(1e-9 * threshold);
    },
  );

  it('is not above a value on the edge that it is', () => {
    const values = [0, 0, 1, 255, 256];
    const threshold = thresholdOf(values)!;
    expect(threshold).toBe(1);
    expect(values.map((value) => value > threshold)).toEqual([false, false, false, true, true]);
  });

  it('of nothing is none', () => {
    expect(otsuHistogram(0, 1).threshold()).toBeUndefined();
  });
});
