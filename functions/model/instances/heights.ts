import { distances } from './distance.ts';
import type { Runs } from './runs.ts';

/**
 * Height of each mask pixel, higher in the middle of objects: what the flood runs down from. Rows have a margin of one
 * pixel on all sides, so that neighbours need no bounds check; outside the mask all is 0.
 */
export interface Heights {
  data: Float32Array<ArrayBuffer>;
  /** Pixels from one row to the next: width + 2. */
  stride: number;
}

export const paddedIndex = (stride: number, y: number, x: number): number => (y + 1) * stride + x + 1;

/** Writes one row of a plane, `width` values. */
export type RowReader = (y: number, out: Float64Array) => void;

/** Heights from maps, smoothed by a Gaussian of `sigma` px over the whole plane. */
export const mapHeights = (mask: Runs, row: RowReader, sigma: number): Heights =>
  smoothed(mask, row, sigma, new Float32Array((mask.height + 2) * (mask.width + 2)));

/**
 * Heights where the model gives no map for them: distance to the background (px) times the foreground's probability,
 * which sinks where objects touch, smoothed.
 */
export function distanceHeights(mask: Runs, foreground: Float32Array, sigma: number): Heights {
  const { width } = mask;
  const stride = width + 2;
  const data = distances(mask);
  const row: RowReader = (y, out) => {
    const from = paddedIndex(stride, y, 0);
    for (let x = 0; x < width; x++) {
      const distance = data[from + x]!;
      out[x] = distance === 0 ? 0 : distance * Math.min(1, Math.max(0, foreground[y * width + x]!));
    }
  };
  return smoothed(mask, row, sigma, data);
}

/**
 * Reads all rows and writes what is in the mask, after a Gaussian of `sigma` px (0: none), cut at four sigma, with the
 * plane's edge repeated: scipy.ndimage.gaussian_filter in mode `nearest`. `out` may be what `row` reads from: a row is
 * written after those that its successors need have been read.
 */
function smoothed(mask: Runs, row: RowReader, sigma: number, out: Float32Array<ArrayBuffer>): Heights {
  const { height, width, rows, start, end } = mask;
  const stride = width + 2;
  const weights = gaussian(sigma);
  const radius = weights.length - 1;
  const ring = Array.from({ length: 2 * radius + 1 }, () => new Float64Array(width));
  const line = new Float64Array(width + 2 * radius);
  const near = new Array<Float64Array>(2 * radius + 1);
  const sum = new Float64Array(width);
  const nearMask = maskedColumns(mask, radius);
  let read = 0;
  for (let y = 0; y < height; y++) {
    for (; read < height && read <= y + radius; read++) {
      const spans = nearMask(read);
      if (spans.length === 0) continue;
      const target = ring[read % ring.length]!;
      if (radius === 0) row(read, target);
      else {
        row(read, line.subarray(radius, radius + width));
        line.fill(line[radius]!, 0, radius);
        line.fill(line[radius + width - 1]!, radius + width);
        convolve(line, weights, target, spans);
      }
    }
    if (rows[y] === rows[y + 1]) continue;
    for (let k = -radius; k <= radius; k++)
      near[k + radius] = ring[Math.max(0, Math.min(height - 1, y + k)) % ring.length]!;
    const base = paddedIndex(stride, y, 0);
    for (let r = rows[y]!; r < rows[y + 1]!; r++) {
      const [from, to] = [start[r]!, end[r]!];
      const centre = near[radius]!;
      for (let x = from; x < to; x++) sum[x] = centre[x]! * weights[0]!;
      for (let k = 1; k <= radius; k++) {
        const [above, below, weight] = [near[radius - k]!, near[radius + k]!, weights[k]!];
        for (let x = from; x < to; x++) sum[x]! += (above[x]! + below[x]!) * weight;
      }
      for (let x = from; x < to; x++) out[base + x] = sum[x]!;
    }
  }
  return { data: out, stride };
}

/** Half of the kernel, its middle first; the whole sums to 1. */
function gaussian(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const half = Float64Array.from({ length: radius + 1 }, (_, i) =>
    i === 0 ? 1 : Math.exp((-i * i) / (2 * sigma * sigma)),
  );
  const sum = half.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0);
  return half.map((weight) => weight / sum);
}

/**
 * For one row after the other, from 0: the columns of it that heights depend on, in which the mask has a pixel at most
 * `radius` rows above or below; spans [from, to) in turn. Valid until the next.
 */
function maskedColumns({ height, width, rows, start, end }: Runs, radius: number): (y: number) => readonly number[] {
  const latest = new Int32Array(width).fill(-radius - 1); // the last row of the mask seen in each column
  const spans: number[] = [];
  let seen = 0;
  return (y) => {
    for (; seen < height && seen <= y + radius; seen++)
      for (let r = rows[seen]!; r < rows[seen + 1]!; r++) latest.fill(seen, start[r], end[r]);
    spans.length = 0;
    const first = y - radius;
    for (let x = 0; x < width; x++) {
      if (latest[x]! < first) continue;
      const from = x;
      while (x < width && latest[x]! >= first) x++;
      spans.push(from, x);
    }
    return spans;
  };
}

/** Writes the columns of the spans. */
function convolve(line: Float64Array, weights: Float64Array, out: Float64Array, spans: readonly number[]): void {
  const radius = weights.length - 1;
  for (let i = 0; i < spans.length; i += 2)
    for (let x = spans[i]!; x < spans[i + 1]!; x++) {
      const at = x + radius;
      let value = line[at]! * weights[0]!;
      for (let k = 1; k <= radius; k++) value += (line[at - k]! + line[at + k]!) * weights[k]!;
      out[x] = value;
    }
}
