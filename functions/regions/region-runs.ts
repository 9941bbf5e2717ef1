import type { Outline } from './roi-file.ts';
import type { Path } from './roi-paths.ts';

/** Pixels of a region: row y owns runs [rows[y], rows[y + 1]) of columns [start, end). */
export interface RegionRuns {
  rows: Uint32Array;
  start: Uint32Array;
  end: Uint32Array;
  /** px. */
  area: number;
}

export interface Size {
  height: number;
  width: number;
}

/** Rows that the outlines of an image may cross at most, each time counted: more no hand draws, and they would fill the memory. */
export const mostCrossings = 20_000_000;

/** Row by row, from the top. */
export function runsByRow({ height }: Size, rowOf: (y: number) => readonly number[]): RegionRuns {
  const rows = new Uint32Array(height + 1);
  const ends: number[] = [];
  let area = 0;
  for (let y = 0; y < height; y++) {
    const row = rowOf(y);
    for (let i = 0; i < row.length; i += 2) {
      ends.push(row[i]!, row[i + 1]!);
      area += row[i + 1]! - row[i]!;
    }
    rows[y + 1] = ends.length / 2;
  }
  const half = (odd: number) => Uint32Array.from({ length: ends.length / 2 }, (_, i) => ends[2 * i + odd]!);
  return { rows, start: half(0), end: half(1), area };
}

/**
 * The pixels whose centre is within an outline, as Fiji takes them: where it runs through centres, those at its right and lower
 * ends are within and those at the others are not. What reaches beyond the image is left out. Undefined for an outline that
 * crosses more than `most` rows. Compared with the masks of ImageJ 1.54.
 */
export function runsOfOutline(outline: Outline, size: Size, most = mostCrossings): RegionRuns | undefined {
  if (outline.kind !== 'paths') return runsByRow(size, (y) => rowOfBox(outline, y, size.width));
  if (crossedBy(outline, size) > most) return undefined;
  const crossings = crossingsOf(outline.paths, size.height);
  return runsByRow(size, (y) => rowOfCrossings(crossings[y] ?? [], size.width));
}

/** Rows between the first and the last whose centre an edge crosses. */
const rowsOfEdge = (from: number, to: number, height: number): [first: number, end: number] => [
  Math.max(0, Math.floor(Math.min(from, to) + 0.5)),
  Math.min(height, Math.floor(Math.max(from, to) + 0.5)),
];

/** How often an outline crosses the rows of an image. */
export function crossedBy(outline: Outline, { height }: Size): number {
  if (outline.kind !== 'paths') return 2 * Math.min(height, Math.max(0, Math.ceil(outline.height)));
  let count = 0;
  for (const { y } of outline.paths)
    for (let i = 0; i < y.length; i++) {
      const [first, end] = rowsOfEdge(y[i]!, y[(i + 1) % y.length]!, height);
      count += Math.max(0, end - first);
    }
  return count;
}

type Box = Extract<Outline, { kind: 'rectangle' | 'oval' }>;

function rowOfBox({ kind, x, y: top, width, height }: Box, y: number, columns: number): number[] {
  const [a, b] = [width / 2, height / 2];
  const centre = y + 0.5;
  if (kind === 'rectangle') return centre >= top && centre < top + height ? within(x, x + width, columns) : [];
  const dy = centre - (top + b);
  const rest = 1 - (dy * dy) / (b * b);
  if (!(rest >= 0)) return [];
  const reach = a * Math.sqrt(rest);
  return within(Math.ceil(x + a - reach - 0.5), x + a + reach, columns);
}

/** Columns whose centre is right of one limit, and not right of the other. */
function within(from: number, to: number, columns: number): number[] {
  const first = Math.max(0, Math.floor(from + 0.5));
  const end = Math.min(columns, Math.floor(to + 0.5));
  return end > first ? [first, end] : [];
}

/** Where paths cross the centre line of each row; an edge holds its lower end and not its upper one, so that a corner counts once. */
function crossingsOf(paths: readonly Path[], height: number): number[][] {
  const rows: number[][] = [];
  for (const { x, y } of paths)
    for (let i = 0; i < x.length; i++) {
      const j = (i + 1) % x.length;
      const [upper, lower] = y[i]! <= y[j]! ? [i, j] : [j, i];
      const [first, end] = rowsOfEdge(y[upper]!, y[lower]!, height);
      const slope = (x[lower]! - x[upper]!) / (y[lower]! - y[upper]!);
      for (let row = first; row < end; row++) {
        rows[row] ??= [];
        rows[row]!.push(x[upper]! + (row + 0.5 - y[upper]!) * slope);
      }
    }
  return rows;
}

/** Even-odd; runs that touch are one. */
function rowOfCrossings(crossings: number[], columns: number): number[] {
  crossings.sort((a, b) => a - b);
  const row: number[] = [];
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [start, end] = within(crossings[i]!, crossings[i + 1]!, columns);
    if (start === undefined || end === undefined) continue;
    if (row.at(-1) === start) row[row.length - 1] = end;
    else row.push(start, end);
  }
  return row;
}

/** Does the region hold the pixel? */
export function hasPixel({ rows, start, end }: RegionRuns, x: number, y: number): boolean {
  if (!(y >= 0 && y + 1 < rows.length)) return false;
  let [low, high] = [rows[y]!, rows[y + 1]!];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low < rows[y + 1]! && start[low]! <= x;
}
