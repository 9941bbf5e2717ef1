/** A number a pixel, row by row. */
export interface Samples {
  width: number;
  height: number;
  data: ArrayLike<number>;
}

/**
 * Means of blocks of `by` x `by` pixels; the last ones may be smaller. Samples that are not finite do not count; NaN where
 * none is. `Means`: what they are kept in; sums are in double precision.
 */
export function blockMeans<T extends Float32Array | Float64Array>(
  { width, height, data }: Samples,
  by: number,
  Means: new (length: number) => T,
): Samples & { data: T } {
  const columns = Math.ceil(width / by);
  const rows = Math.ceil(height / by);
  const out = new Means(columns * rows);
  const sums = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    counts.fill(0);
    const last = Math.min(height, (row + 1) * by);
    for (let y = row * by; y < last; y++) addRow(data, y * width, { width, by, sums, counts });
    for (let column = 0; column < columns; column++) out[row * columns + column] = sums[column]! / counts[column]!;
  }
  return { width: columns, height: rows, data: out };
}

interface RowOfBlocks {
  width: number;
  by: number;
  sums: Float64Array;
  counts: Uint32Array;
}

/** Adds the row of pixels that begins at `start` to the sums of its blocks. */
function addRow(data: ArrayLike<number>, start: number, { width, by, sums, counts }: RowOfBlocks): void {
  let i = start;
  for (let column = 0; column < sums.length; column++) {
    const end = start + Math.min(width, (column + 1) * by);
    let sum = 0;
    let count = 0;
    for (; i < end; i++) {
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
export function blockMiddles({ width, height, data }: Samples, by: number): Samples & { data: Uint32Array } {
  const columns = Math.ceil(width / by);
  const rows = Math.ceil(height / by);
  const out = new Uint32Array(columns * rows);
  const half = by >> 1;
  for (let row = 0; row < rows; row++) {
    const start = Math.min(height - 1, row * by + half) * width;
    for (let column = 0; column < columns; column++)
      out[row * columns + column] = data[start + Math.min(width - 1, column * by + half)]!;
  }
  return { width: columns, height: rows, data: out };
}
