import type { Box } from './box.ts';
import type { Pixels } from './pixels.ts';

/** Box means after another that are close to a Gaussian. Source: Wells, IEEE TPAMI 8 (1986), 234-239. */
const passes = 3;

/**
 * Blurs the pixels of a box by about a Gaussian of this standard deviation (pixels), in place; only pixels of the box count,
 * its edge ones beyond it too, so that nothing outside changes.
 */
export function blurRegion({ width, data }: Pixels, { left, top, right, bottom }: Box, sigma: number): void {
  const radius = Math.max(1, Math.round((Math.sqrt((12 * sigma * sigma) / passes + 1) - 1) / 2));
  const [columns, rows] = [right - left, bottom - top];
  for (let pass = 0; pass < passes; pass++)
    for (let c = 0; c < 3; c++) {
      for (let row = 0; row < rows; row++)
        means(data, { first: 3 * ((top + row) * width + left) + c, step: 3, count: columns }, radius);
      for (let column = 0; column < columns; column++)
        means(data, { first: 3 * (top * width + left + column) + c, step: 3 * width, count: rows }, radius);
    }
}

/** Samples of a row or a column of one colour. */
interface Line {
  first: number;
  step: number;
  count: number;
}

/** Replaces `count` samples, `step` apart, each by the mean of those up to `radius` away. */
function means(data: Uint8Array, { first, step, count }: Line, radius: number): void {
  const line = Uint8Array.from({ length: count }, (_, i) => data[first + i * step]!);
  const at = (i: number): number => line[Math.min(count - 1, Math.max(0, i))]!;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  for (let i = 0; i < count; i++) {
    data[first + i * step] = Math.round(sum / (2 * radius + 1));
    sum += at(i + radius + 1) - at(i - radius);
  }
}
