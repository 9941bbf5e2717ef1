import type { Statistics } from '../ports/predictor.ts';

/** Of the finite samples of each object: their number, sum, sum of squared differences from their mean, least, greatest. */
export interface SampleSums {
  samples: Float64Array;
  sum: Float64Array;
  squares: Float64Array;
  min: Float64Array;
  max: Float64Array;
}

export const emptySamples = (count: number): SampleSums => ({
  samples: new Float64Array(count),
  sum: new Float64Array(count),
  squares: new Float64Array(count),
  min: new Float64Array(count).fill(Infinity),
  max: new Float64Array(count).fill(-Infinity),
});

/** The same with space for at least `count` objects. */
export function samplesFor(sums: SampleSums, count: number): SampleSums {
  if (sums.samples.length >= count) return sums;
  const larger = emptySamples(Math.max(64, 2 * sums.samples.length, count));
  for (const key of Object.keys(larger) as (keyof SampleSums)[]) larger[key].set(sums[key]);
  return larger;
}

/** Adds the samples of the object `from` to those of the object `to` (Chan, Golub and LeVeque 1979 for the variance). */
export function addSamples(sums: SampleSums, to: number, more: SampleSums, from: number): void {
  const [before, added] = [sums.samples[to]!, more.samples[from]!];
  if (added === 0) return;
  const difference = before === 0 ? 0 : more.sum[from]! / added - sums.sum[to]! / before;
  sums.squares[to]! += more.squares[from]! + (difference * difference * before * added) / (before + added);
  sums.samples[to] = before + added;
  sums.sum[to]! += more.sum[from]!;
  sums.min[to] = Math.min(sums.min[to]!, more.min[from]!);
  sums.max[to] = Math.max(sums.max[to]!, more.max[from]!);
}

/** The sums that statistics stand for. */
export const sumsOf = ({ samples, std, sum, min, max }: Omit<Statistics, 'median'>): SampleSums => ({
  ...{ samples, sum, min, max },
  squares: std.map((deviation, i) => (samples[i] === 0 ? 0 : deviation * deviation * samples[i]!)),
});

/** Of the first `count` objects; NaN where one has no finite sample. */
export function statisticsOf(
  { samples, sum, squares, min, max }: SampleSums,
  count: number,
): Omit<Statistics, 'median'> {
  const known = (value: (i: number) => number) =>
    Float64Array.from({ length: count }, (_, i) => (samples[i] === 0 ? Number.NaN : value(i)));
  return {
    samples: samples.slice(0, count),
    mean: known((i) => sum[i]! / samples[i]!),
    min: known((i) => min[i]!),
    max: known((i) => max[i]!),
    std: known((i) => Math.sqrt(squares[i]! / samples[i]!)),
    sum: known((i) => sum[i]!),
  };
}
