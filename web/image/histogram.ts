export interface Bin {
  /** `from` <= value < `to`; the last bin holds its end too. */
  from: number;
  to: number;
  count: number;
}

const mostBins = 40;

/**
 * Bins of equal width at round numbers. Their width follows Freedman and Diaconis (1981), 2 IQR / n^(1/3), which outliers
 * do not blow up, and there are at most 40. All values equal: one bin.
 */
export function histogram(values: readonly number[]): Bin[] {
  if (values.length === 0) return [];
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[0]!;
  const high = sorted.at(-1)!;
  if (low === high) return [{ from: low, to: high, count: values.length }];
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const ideal = (2 * spread) / Math.cbrt(values.length);
  const width = roundUp(Math.max(ideal, (high - low) / (mostBins - 2)));
  const first = Math.floor(low / width);
  const bins = Array.from({ length: Math.floor(high / width) - first + 1 }, (_, i) => ({
    from: (first + i) * width,
    to: (first + i + 1) * width,
    count: 0,
  }));
  for (const value of sorted) bins[Math.min(bins.length - 1, Math.floor(value / width) - first)]!.count++;
  return bins;
}

/** Linear between neighbours. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}

/** To 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}
