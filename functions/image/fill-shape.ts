import type { PngImage } from './png.ts';

/** Points of a closed outline: x, y, x, y, ...; pixels, where the upper left corner of the picture is 0, 0. */
export type Outline = readonly number[];

export interface Paint {
  colour: readonly [red: number, green: number, blue: number];
  /** 0 to 1. */
  opacity: number;
}

/** Lines a row at which outlines are looked at; along a line coverage is exact. */
const linesPerRow = 8;

/** Fills what outlines enclose (nonzero winding, so that an outline within another of the other direction is a hole) with smooth edges, into an RGB picture. */
export function fillShape(picture: PngImage, outlines: readonly Outline[], paint: Paint): void {
  const ys = outlines.flatMap((outline) => outline.filter((_, i) => i % 2 === 1));
  const first = Math.max(0, Math.floor(Math.min(...ys)));
  const last = Math.min(picture.height, Math.ceil(Math.max(...ys)));
  const edges = outlines.flatMap(edgesOf).sort((a, b) => a.top - b.top);
  const xs = outlines.flatMap((outline) => outline.filter((_, i) => i % 2 === 0));
  const left = Math.max(0, Math.floor(Math.min(...xs)));
  const right = Math.min(picture.width, Math.ceil(Math.max(...xs)));
  if (right <= left) return;
  const coverage = new Float32Array(right - left);
  let near: Edge[] = [];
  let begun = 0;
  for (let row = first; row < last; row++) {
    near = near.filter(({ bottom }) => bottom > row);
    for (; begun < edges.length && edges[begun]!.top < row + 1; begun++)
      if (edges[begun]!.bottom > row) near.push(edges[begun]!);
    if (near.length === 0) continue;
    coverage.fill(0);
    for (let line = 0; line < linesPerRow; line++)
      for (const [from, to] of spansAt(near, row + (line + 0.5) / linesPerRow)) cover(coverage, from - left, to - left);
    blend(picture, row * picture.width + left, coverage, paint);
  }
}

/** A side of an outline that is not level. */
interface Edge {
  top: number;
  bottom: number;
  /** Where it begins at the top, and its change a pixel down. */
  x: number;
  slope: number;
  /** 1 where the outline goes down, else -1. */
  direction: number;
}

function edgesOf(outline: Outline): Edge[] {
  const edges: Edge[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    const [x1, y1] = [outline[i]!, outline[i + 1]!];
    const [x2, y2] = [outline[(i + 2) % outline.length]!, outline[(i + 3) % outline.length]!];
    if (y1 === y2) continue;
    const slope = (x2 - x1) / (y2 - y1);
    if (y1 < y2) edges.push({ top: y1, bottom: y2, x: x1, slope, direction: 1 });
    else edges.push({ top: y2, bottom: y1, x: x2, slope, direction: -1 });
  }
  return edges;
}

/** Parts of a level line that lie inside, from left to right. */
function* spansAt(edges: readonly Edge[], y: number): Generator<[number, number]> {
  const crossings: { x: number; direction: number }[] = [];
  for (const { top, bottom, x, slope, direction } of edges)
    if (top <= y && y < bottom) crossings.push({ x: x + (y - top) * slope, direction });
  crossings.sort((a, b) => a.x - b.x);
  let winding = 0;
  let from = 0;
  for (const { x, direction } of crossings) {
    if (winding === 0) from = x;
    winding += direction;
    if (winding === 0) yield [from, x];
  }
}

/** Adds a line's share of the pixels from `from` to `to`. */
function cover(coverage: Float32Array, from: number, to: number): void {
  const [start, end] = [Math.max(0, from), Math.min(coverage.length, to)];
  for (let x = Math.floor(start); x < end; x++)
    coverage[x]! += (Math.min(end, x + 1) - Math.max(start, x)) / linesPerRow;
}

/** From the pixel `first` on. */
function blend({ data }: PngImage, first: number, coverage: Float32Array, { colour, opacity }: Paint): void {
  for (let x = 0; x < coverage.length; x++) {
    const share = Math.min(1, coverage[x]!) * opacity;
    if (share === 0) continue;
    const pixel = 3 * (first + x);
    for (let i = 0; i < 3; i++) data[pixel + i] = Math.round(data[pixel + i]! * (1 - share) + colour[i]! * share);
  }
}
