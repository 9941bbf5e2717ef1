/** Of an axis of a plot: its ends and the values that are written at it, from the lowest. */
export interface Axis {
  ticks: number[];
  low: number;
  high: number;
}

/** About so many steps. */
const steps = 5;

/** An axis from 0, or from below the lowest value where that is negative, in steps of 1, 2 or 5 times a power of ten. */
export function axisFor(values: readonly number[]): Axis {
  const lowest = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  const step = stepFor(highest - lowest || 1);
  const first = Math.floor(lowest / step);
  const last = Math.max(first + 1, Math.ceil(highest / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { ticks, low: ticks[0]!, high: ticks.at(-1)! };
}

function stepFor(range: number): number {
  const rough = range / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * (1 - 1e-9))!;
}
