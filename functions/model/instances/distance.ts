import type { Runs } from './runs.ts';

/**
 * Exact Euclidean distance (px) of each mask pixel to the nearest pixel outside the mask; what lies beyond the plane's
 * edge does not count as outside, so that an object cut by the edge keeps its middle. On rows with a margin of one pixel
 * on all sides (width + 2 a row), 0 outside the mask.
 *
 * Columns first, then the lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012) along each run: the pixels
 * that bound a run are nearer than anything beyond them, so each run is solved alone, in linear time.
 */
export function distances(mask: Runs): Float32Array<ArrayBuffer> {
  const { height, width, rows, start, end } = mask;
  const stride = width + 2;
  const data = new Float32Array((height + 2) * stride);
  const far = height + width; // farther than anything in the plane
  for (let y = 0; y < height; y++) {
    const base = (y + 1) * stride + 1;
    for (let r = rows[y]!; r < rows[y + 1]!; r++)
      for (let i = base + start[r]!; i < base + end[r]!; i++)
        data[i] = y === 0 ? far : Math.min(far, data[i - stride]! + 1);
  }
  for (let y = height - 2; y >= 0; y--) {
    const base = (y + 1) * stride + 1;
    for (let r = rows[y]!; r < rows[y + 1]!; r++)
      for (let i = base + start[r]!; i < base + end[r]!; i++)
        if (data[i + stride]! + 1 < data[i]!) data[i] = data[i + stride]! + 1;
  }
  const envelope = new Envelope(width);
  for (let y = 0; y < height; y++)
    for (let r = rows[y]!; r < rows[y + 1]!; r++) envelope.solve(data, (y + 1) * stride + 1, start[r]!, end[r]!);
  return data;
}

/** Parabolas (x - at)^2 + square over one row; each is lowest from `from` to the next one's `from`. */
class Envelope {
  readonly #width: number;
  readonly #at: Int32Array;
  readonly #square: Float64Array;
  readonly #from: Float64Array;

  constructor(width: number) {
    this.#width = width;
    this.#at = new Int32Array(width);
    this.#square = new Float64Array(width);
    this.#from = new Float64Array(width);
  }

  /** Replaces the column distances of the run [start, end) by the distances in the plane. */
  solve(data: Float32Array, base: number, start: number, end: number): void {
    const [at, square, from] = [this.#at, this.#square, this.#from];
    const first = start > 0 ? start - 1 : start; // the background pixels that bound the run, where there are any
    const last = end < this.#width ? end : end - 1;
    let top = -1;
    for (let x = first; x <= last; x++) {
      const column = x < start || x >= end ? 0 : data[base + x]!;
      const own = column * column;
      let meets = -Infinity;
      for (; top >= 0; top--) {
        meets = (own + x * x - square[top]! - at[top]! * at[top]!) / (2 * (x - at[top]!));
        if (meets > from[top]!) break;
      }
      top++;
      at[top] = x;
      square[top] = own;
      from[top] = top === 0 ? -Infinity : meets;
    }
    for (let x = start, k = 0; x < end; x++) {
      while (k < top && from[k + 1]! < x) k++;
      const dx = x - at[k]!;
      data[base + x] = Math.sqrt(dx * dx + square[k]!);
    }
  }
}
