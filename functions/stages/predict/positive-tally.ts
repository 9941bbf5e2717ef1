import { z } from 'zod';
import { combinationOf, isPositive } from '../../core/positive.ts';
import type { FileSummary } from '../../core/summary.ts';
import type { Judged, PlannedRule } from './measure-channels.ts';

const count = z.int().nonnegative();

/** Positive objects of the planes of an image so far. */
export const positiveTally = z.object({
  /** A rule each: of thresholds that differ from plane to plane, how many and their sum; ends of the means for Otsu's. */
  rules: z.array(z.object({ planes: count, sum: z.number(), ends: z.tuple([z.number(), z.number()]).optional() })),
  combinations: z.array(count),
});
export type PositiveTally = z.infer<typeof positiveTally>;

export const emptyTally = (rules: readonly PlannedRule[]): PositiveTally => ({
  rules: rules.map(() => ({ planes: 0, sum: 0 })),
  combinations: new Array<number>(2 ** rules.length).fill(0),
});

/** The tally with the objects of one more plane. */
export function addPlane(tally: PositiveTally, judged: readonly Judged[]): PositiveTally {
  const rules = tally.rules.map((rule, i) => {
    const { threshold, means } = judged[i]!;
    let ends = rule.ends;
    for (const mean of means) {
      if (Number.isFinite(mean)) ends = ends ? [Math.min(ends[0], mean), Math.max(ends[1], mean)] : [mean, mean];
    }
    const known = threshold !== undefined;
    return { planes: rule.planes + Number(known), sum: rule.sum + (threshold ?? 0), ...(ends && { ends }) };
  });
  const combinations = [...tally.combinations];
  const objects = judged[0]?.means.length ?? 0;
  for (let i = 0; i < objects; i++) {
    const at = combinationOf(judged.map(({ means, threshold = Number.NaN }) => isPositive(means[i]!, threshold)));
    if (at !== undefined) combinations[at]!++;
  }
  return { rules, combinations };
}

/** What the summary says of it. */
export function positiveSummary(
  rules: readonly PlannedRule[],
  tally: PositiveTally,
): NonNullable<FileSummary['positive']> {
  const decided = rules.every(({ threshold }) => threshold !== 'otsu');
  return {
    rules: rules.map(({ mean, column, threshold: by }, i) => {
      const { planes, sum, ends } = tally.rules[i]!;
      const threshold = typeof by === 'number' ? by : planes > 0 ? sum / planes : undefined;
      return {
        mean,
        column,
        ...(threshold !== undefined && { threshold }),
        ...(by === 'otsu' && ends && { ends }),
      };
    }),
    ...(decided && { combinations: tally.combinations }),
  };
}
