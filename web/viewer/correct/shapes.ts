import type { Box } from '../../../functions/core/edited-labels.ts';
import type { Point, Size } from '../viewport.ts';

/** Pixels inside of a box: rows x columns of it, 1 where one is meant. */
export interface Mask {
  box: Box;
  bits: Uint8Array;
}

export const widthOf = ({ left, right }: Box): number => right - left + 1;
export const heightOf = ({ top, bottom }: Box): number => bottom - top + 1;

/** The pixels of points, with so many around them, inside of the image; undefined where there is none. */
function boxOf(points: readonly Point[], margin: number, { width, height }: Size): Box | undefined {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const box = {
    left: Math.max(0, Math.floor(Math.min(...xs) - margin)),
    top: Math.max(0, Math.floor(Math.min(...ys) - margin)),
    right: Math.min(width - 1, Math.floor(Math.max(...xs) + margin)),
    bottom: Math.min(height - 1, Math.floor(Math.max(...ys) + margin)),
  };
  return box.left <= box.right && box.top <= box.bottom ? box : undefined;
}

export const emptyMask = (box: Box): Mask => ({ box, bits: new Uint8Array(widthOf(box) * heightOf(box)) });

/** Steps of a brush between two points of its way, px. */
const step = 0.5;

/**
 * What a round brush covers on its way: pixels whose middle is at most `radius` (px) from it, and those that the way itself goes
 * through. Points are of the image, the first pixel from 0 to 1.
 */
export function strokeMask(points: readonly Point[], radius: number, image: Size): Mask | undefined {
  const box = points.length === 0 ? undefined : boxOf(points, radius, image);
  if (box === undefined) return undefined;
  const mask = emptyMask(box);
  stamp(mask, points[0]!, radius);
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const steps = Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / step);
    for (let k = 1; k <= steps; k++)
      stamp(mask, { x: a.x + ((b.x - a.x) * k) / steps, y: a.y + ((b.y - a.y) * k) / steps }, radius);
  }
  return mask;
}

function stamp({ box, bits }: Mask, { x, y }: Point, radius: number): void {
  const width = widthOf(box);
  const fill = (row: number, from: number, to: number): void => {
    if (row < box.top || row > box.bottom || from > box.right || to < box.left) return;
    const base = (row - box.top) * width - box.left;
    bits.fill(1, base + Math.max(from, box.left), base + Math.min(to, box.right) + 1);
  };
  fill(Math.floor(y), Math.floor(x), Math.floor(x));
  for (let row = Math.ceil(y - radius - 0.5); row + 0.5 <= y + radius; row++) {
    const half = Math.sqrt(radius * radius - (row + 0.5 - y) ** 2);
    fill(row, Math.ceil(x - half - 0.5), Math.floor(x + half - 0.5));
  }
}

/** Pixels whose middle is inside of a closed line, by the even-odd rule; undefined where there is none. */
export function polygonMask(points: readonly Point[], image: Size): Mask | undefined {
  const box = points.length < 3 ? undefined : boxOf(points, 0, image);
  if (box === undefined) return undefined;
  const mask = emptyMask(box);
  for (let row = box.top; row <= box.bottom; row++) {
    const crossings = crossingsOf(points, row + 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(box.left, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(box.right, Math.ceil(crossings[i + 1]! - 0.5) - 1);
      const base = (row - box.top) * widthOf(box) - box.left;
      if (from <= to) mask.bits.fill(1, base + from, base + to + 1);
    }
  }
  return mask.bits.includes(1) ? mask : undefined;
}

function crossingsOf(points: readonly Point[], y: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < points.length; i++) {
    const [a, b] = [points[i]!, points[(i + 1) % points.length]!];
    if (a.y <= y !== b.y <= y) found.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
  }
  return found.sort((a, b) => a - b);
}

/** Runs of a mask: row, first column, number of pixels. */
export function runsOf({ box, bits }: Mask): number[] {
  const width = widthOf(box);
  const runs: number[] = [];
  for (let row = 0; row < heightOf(box); row++)
    for (let column = 0; column < width; ) {
      if (bits[row * width + column] === 0) {
        column++;
        continue;
      }
      const first = column;
      while (column < width && bits[row * width + column] === 1) column++;
      runs.push(box.top + row, box.left + first, column - first);
    }
  return runs;
}

/** Pixels that are connected by their sides to one of those at `starts`; `isIn`: of an index into the mask's bits. */
export function connectedFrom(box: Box, starts: Iterable<number>, isIn: (index: number) => boolean): number[] {
  const width = widthOf(box);
  const count = width * heightOf(box);
  const seen = new Uint8Array(count);
  const found: number[] = []; // grows: a box may be a whole plane, and what is connected small
  const visit = (index: number): void => {
    if (seen[index] === 1 || !isIn(index)) return;
    seen[index] = 1;
    found.push(index);
  };
  for (const start of starts) visit(start);
  for (let next = 0; next < found.length; next++) {
    const index = found[next]!;
    const column = index % width;
    if (column > 0) visit(index - 1);
    if (column < width - 1) visit(index + 1);
    if (index >= width) visit(index - width);
    if (index < count - width) visit(index + width);
  }
  return found;
}
