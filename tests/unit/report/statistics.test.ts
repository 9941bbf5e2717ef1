import { describe as about, expect, it } from '@jest/globals';
import { describe, quantile, whiskers } from '../../../functions/report/statistics.ts';

about('the statistics of a group', () => {
  it('are those of numpy with ddof=1 and of R', () => {
    // numpy: a = [2, 4, 4, 4, 5, 5, 7, 9]; a.std(ddof=1) = 2.138089935299395; percentile 25, 50, 75 = 4, 4.5, 5.5
    expect(describe([9, 2, 4, 5, 4, 7, 4, 5])).toEqual({
      ...{ n: 8, mean: 5, median: 4.5, q1: 4, q3: 5.5, min: 2, max: 9 },
      sd: Math.sqrt(32 / 7),
    });
  });

  it('have no deviation of one value, and nothing of none', () => {
    expect(describe([3])).toEqual({ n: 1, mean: 3, median: 3, q1: 3, q3: 3, min: 3, max: 3 });
    expect(describe([])).toEqual({ n: 0 });
    expect(describe([Number.NaN, Infinity, 1])).toMatchObject({ n: 1, mean: 1 });
  });

  it('take quantiles between the two nearest values', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => quantile([1, 2, 3, 10], p))).toEqual([1, 1.75, 2.5, 4.75, 10]);
  });

  it('end whiskers at values, not beyond 1.5 interquartile ranges', () => {
    const values = [-20, 1, 2, 3, 4, 5, 30];
    expect(whiskers(values, describe(values))).toEqual([1, 5]);
  });
});
