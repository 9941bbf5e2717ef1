import type { Pixels } from './pixels.ts';

/** To a larger size; each pixel is between the four that are nearest to it, by their distances. */
export function enlarge({ width, height, data }: Pixels, toWidth: number, toHeight: number): Pixels {
  const columns = Array.from({ length: toWidth }, (_, x) => between(x, toWidth, width));
  const out = new Uint8Array(3 * toWidth * toHeight);
  for (let y = 0, at = 0; y < toHeight; y++) {
    const { first: top, second: bottom, part: down } = between(y, toHeight, height);
    for (const { first: left, second: right, part: across } of columns)
      for (let c = 0; c < 3; c++, at++) {
        const sample = (row: number, column: number): number => data[3 * (row * width + column) + c]!;
        const above = sample(top, left) * (1 - across) + sample(top, right) * across;
        const below = sample(bottom, left) * (1 - across) + sample(bottom, right) * across;
        out[at] = Math.round(above * (1 - down) + below * down);
      }
  }
  return { width: toWidth, height: toHeight, data: out };
}

/** The two samples beside the middle of a new one, and how far it is from the first to the second, 0 to 1. */
function between(i: number, to: number, from: number): { first: number; second: number; part: number } {
  const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  const first = Math.floor(at);
  return { first, second: Math.min(from - 1, first + 1), part: at - first };
}
