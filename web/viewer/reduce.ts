import type { SampleArray } from '../../functions/image/image.ts';

/** Samples of one channel, or labels: a number a pixel, row by row. */
export interface Samples {
  width: number;
  height: number;
  data: ArrayLike<number>;
}

/** Samples of a plane in which each pixel has `samples` of them. */
interface Interleaved {
  width: number;
  height: number;
  samples: number;
  data: SampleArray;
}

/** One of the samples of each pixel. Whole numbers of 64 bits become the nearest number that there is. */
export function oneSample({ width, height, samples, data }: Interleaved, sample: number): Samples {
  if (data instanceof BigUint64Array || data instanceof BigInt64Array)
    return oneSample({ width, height, samples, data: Float64Array.from(data, Number) }, sample);
  if (samples === 1) return { width, height, data };
  const picked = data.slice(0, width * height);
  for (let i = 0, from = sample; i < picked.length; i++, from += samples) picked[i] = data[from]!;
  return { width, height, data: picked };
}

/** Means of blocks of `by` x `by` pixels; the last ones may be smaller. Samples that are not finite do not count. */
export function reducedToMeans(samples: Samples, by: number): Samples & { data: Float32Array } {
  const columns = Math.ceil(samples.width / by);
  const rows = Math.ceil(samples.height / by);
  const out = new Float32Array(columns * rows);
  const sums = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    counts.fill(0);
    for (let y = row * by; y < Math.min(samples.height, (row + 1) * by); y++) addRow(samples, y, { by, sums, counts });
    for (let column = 0; column < columns; column++) out[row * columns + column] = sums[column]! / counts[column]!;
  }
  return { width: columns, height: rows, data: out };
}

interface Sums {
  by: number;
  sums: Float64Array;
  counts: Uint32Array;
}

/** Adds a row of pixels to the sums of its blocks. */
function addRow({ width, data }: Samples, y: number, { by, sums, counts }: Sums): void {
  const start = y * width;
  for (let column = 0; column < sums.length; column++) {
    let sum = 0;
    let count = 0;
    const end = start + Math.min(width, (column + 1) * by);
    for (let i = start + column * by; i < end; i++) {
      const value = data[i]!;
      if (value - value !== 0) continue; // not finite
      sum += value;
      count++;
    }
    sums[column]! += sum;
    counts[column]! += count;
  }
}

/** The pixel in the middle of each block: numbers of objects have no mean. */
export function reducedToMiddles({ width, height, data }: Samples, by: number): Samples & { data: Uint32Array } {
  const columns = Math.ceil(width / by);
  const rows = Math.ceil(height / by);
  const out = new Uint32Array(columns * rows);
  const half = by >> 1;
  for (let row = 0; row < rows; row++) {
    const y = Math.min(height - 1, row * by + half);
    for (let column = 0; column < columns; column++)
      out[row * columns + column] = data[y * width + Math.min(width - 1, column * by + half)]!;
  }
  return { width: columns, height: rows, data: out };
}
