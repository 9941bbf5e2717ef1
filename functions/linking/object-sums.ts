import type { Plane } from '../image/image.ts';
import type { LabelRuns } from './label-runs.ts';
import { addSamples, emptySamples, type SampleSums } from './sample-sums.ts';

/**
 * Sums over the pixels of each object of a plane, or over all planes of each object of a stack; px and planes, the centre of
 * the first pixel is 0.
 */
export interface ObjectSums extends SampleSums {
  area: Float64Array;
  sumX: Float64Array;
  sumY: Float64Array;
  left: Float64Array;
  right: Float64Array;
  top: Float64Array;
  bottom: Float64Array;
}

export function emptySums(count: number): ObjectSums {
  const column = (value = 0) => new Float64Array(count).fill(value);
  return {
    area: column(),
    sumX: column(),
    sumY: column(),
    left: column(Infinity),
    right: column(-Infinity),
    top: column(Infinity),
    bottom: column(-Infinity),
    ...emptySamples(count),
  };
}

/** Of one plane, in order of labels. */
export function sumSections(runs: LabelRuns, data: Plane['data']): ObjectSums {
  const sums = emptySums(runs.count);
  const { area, sumX, sumY, left, right, top, bottom } = sums;
  const origin = new Float64Array(runs.count); // differences to the first sample: no cancellation in the variance
  for (let y = 0; y < runs.height; y++)
    for (let r = runs.rows[y]!; r < runs.rows[y + 1]!; r++) {
      const i = runs.label[r]! - 1;
      const [start, end] = [runs.start[r]!, runs.end[r]!];
      const n = end - start;
      area[i]! += n;
      sumX[i]! += (n * (start + end - 1)) / 2;
      sumY[i]! += n * y;
      if (start < left[i]!) left[i] = start;
      if (end - 1 > right[i]!) right[i] = end - 1;
      if (y < top[i]!) top[i] = y;
      bottom[i] = y;
      takeSamples(sums, { i, origin }, data, { from: y * runs.width + start, to: y * runs.width + end });
    }
  for (let i = 0; i < runs.count; i++) {
    const n = sums.samples[i]!;
    if (n === 0) continue;
    const differences = sums.sum[i]!; // until now sums of differences and of their squares
    sums.squares[i] = Math.max(0, sums.squares[i]! - (differences * differences) / n);
    sums.sum[i] = n * origin[i]! + differences;
  }
  return sums;
}

function takeSamples(
  { samples, sum, squares, min, max }: ObjectSums,
  { i, origin }: { i: number; origin: Float64Array },
  data: Plane['data'],
  { from, to }: { from: number; to: number },
): void {
  for (let p = from; p < to; p++) {
    const value = Number(data[p]);
    if (value - value !== 0) continue;
    if (samples[i] === 0) origin[i] = value;
    const difference = value - origin[i]!;
    samples[i]!++;
    sum[i]! += difference;
    squares[i]! += difference * difference;
    if (value < min[i]!) min[i] = value;
    if (value > max[i]!) max[i] = value;
  }
}

/** Adds the object `from` of a plane to the object `to` of a stack. */
export function addSection(stack: ObjectSums, to: number, plane: ObjectSums, from: number): void {
  for (const key of ['area', 'sumX', 'sumY'] as const) stack[key][to]! += plane[key][from]!;
  for (const key of ['left', 'top'] as const) stack[key][to] = Math.min(stack[key][to]!, plane[key][from]!);
  for (const key of ['right', 'bottom'] as const) stack[key][to] = Math.max(stack[key][to]!, plane[key][from]!);
  addSamples(stack, to, plane, from);
}
