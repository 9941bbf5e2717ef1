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
export function reducedToMeans({ width, height, data }: Samples, by: number): Samples & { data: Float32Array } {
  const columns = Math.ceil(width / by);
  const rows = Math.ceil(height / by);
  const out = new Float32Array(columns * rows);
  const sums = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    counts.fill(0);
    for (let y = row * by; y < Math.min(height, (row + 1) * by); y++)
      for (let column = 0, i = y * width; column < columns; column++) {
        let sum = 0;
        let count = 0;
        for (const end = y * width + Math.min(width, (column + 1) * by); i < end; i++) {
          const value = data[i]!;
          if (value - value === 0) {
            sum += value;
            count++;
          }
        }
        sums[column]! += sum;
        counts[column]! += count;
      }
    for (let column = 0; column < columns; column++) out[row * columns + column] = sums[column]! / counts[column]!;
  }
  return { width: columns, height: rows, data: out };
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
