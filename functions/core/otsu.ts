/** As scikit-image takes. */
const bins = 256;

/** Counts values between two known ends, so that many are not kept. */
export interface Histogram {
  add(value: number): void;
  /** Undefined where there was no value. */
  threshold(): number | undefined;
}

/**
 * Otsu's threshold (1979): what parts the values into the two groups that differ most, taken in 256 equal bins from
 * `lowest` to `highest`: the upper edge of the last bin of the lower group, so that no value between its middle and its edge
 * changes sides. skimage.filters.threshold_otsu of all values at once finds the same bin, and gives its middle. Values that
 * are all equal are their own threshold.
 */
export function otsuHistogram(lowest: number, highest: number): Histogram {
  const counts = new Float64Array(bins);
  const step = (highest - lowest) / bins;
  const edge = (i: number): number => (i === bins ? highest : i * step + lowest);
  let total = 0;
  return {
    add(value) {
      total++;
      if (lowest === highest) return;
      let i = Math.min(bins - 1, Math.floor((value - lowest) / step));
      // what lies on an edge is not above it; and rounding may have taken it over one
      if (i > 0 && value <= edge(i)) i--;
      else if (i < bins - 1 && value > edge(i + 1)) i++;
      counts[i]!++;
    },
    threshold() {
      if (total === 0) return undefined;
      if (lowest === highest) return lowest;
      return edge(1 + lastOfLower(counts, (i) => (edge(i) + edge(i + 1)) / 2));
    },
  };
}

function lastOfLower(counts: Float64Array, middle: (bin: number) => number): number {
  let [all, sum] = [0, 0];
  counts.forEach((count, i) => {
    all += count;
    sum += count * middle(i);
  });
  let [below, sumBelow, largest, found] = [0, 0, -1, 0];
  for (let i = 0; i < counts.length - 1; i++) {
    below += counts[i]!;
    sumBelow += counts[i]! * middle(i);
    const difference = sumBelow / below - (sum - sumBelow) / (all - below);
    const variance = below * (all - below) * difference ** 2;
    if (variance <= largest) continue;
    largest = variance;
    found = i;
  }
  return found;
}
