/** What is said of the values of one group. Empty where there is no value: then all but `n` is undefined. */
export interface Statistics {
  n: number;
  mean?: number;
  /** Of a sample (n - 1); absent for one value. */
  sd?: number;
  median?: number;
  /** First and third quartile. */
  q1?: number;
  q3?: number;
  min?: number;
  max?: number;
}

/** Values that are not finite are left out. */
export function describe(values: readonly number[]): Statistics {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) return { n };
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    n,
    mean,
    ...(n > 1 && { sd: Math.sqrt(squares / (n - 1)) }),
    median: quantile(sorted, 0.5),
    q1: quantile(sorted, 0.25),
    q3: quantile(sorted, 0.75),
    min: sorted[0]!,
    max: sorted[n - 1]!,
  };
}

/**
 * The quantile of type 7 of Hyndman and Fan (1996), the default of R and numpy: linear between the two nearest of the sorted
 * values, of which there must be one at least.
 */
export function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}

/** Ends of a box plot's whiskers: the outermost values within 1.5 interquartile ranges of the box (Tukey). */
export function whiskers(values: readonly number[], { q1 = 0, q3 = 0 }: Statistics): [number, number] {
  const reach = 1.5 * (q3 - q1);
  const within = values.filter((value) => value >= q1 - reach && value <= q3 + reach);
  return [Math.min(...within, q1), Math.max(...within, q3)];
}
