import type { Candidates } from './candidates.ts';

/**
 * Paints polygons over each other, the most probable last, and so on top: `order` numbers candidates by falling
 * probability. Pixels whose middle is inside, on an edge or on a corner are painted, as by skimage.draw.polygon, whose
 * arithmetic this is: corners in float32, tests in double. Label k + 1 is that of order[k]. `factor`: pixels of the candidates
 * over those of the labels.
 */
export function paintPolygons(
  candidates: Candidates,
  order: readonly number[],
  { labels, width, factor }: { labels: Uint32Array; width: number; factor: number },
): void {
  const { corners } = candidates;
  const height = labels.length / width;
  const polygon = { x: new Float64Array(corners), y: new Float64Array(corners) };
  const rows = new RowFill(width);
  for (let k = order.length - 1; k >= 0; k--) {
    cornersOf(candidates, order[k]!, factor, polygon);
    const top = Math.trunc(Math.max(0, Math.min(...polygon.y)));
    const bottom = Math.min(height - 1, Math.ceil(Math.max(...polygon.y)));
    const left = Math.trunc(Math.max(0, Math.min(...polygon.x)));
    const right = Math.min(width - 1, Math.ceil(Math.max(...polygon.x)));
    for (let y = top; y <= bottom; y++)
      rows.fill(polygon, { y, left, right }, labels.subarray(y * width, (y + 1) * width), k + 1);
  }
}

interface Polygon {
  x: Float64Array;
  y: Float64Array;
}

/** Corners as stardist.geometry.dist_to_coord gives them. */
function cornersOf({ corners, y, x, distance }: Candidates, i: number, factor: number, out: Polygon): void {
  for (let k = 0; k < corners; k++) {
    const angle = k * ((2 * Math.PI) / corners);
    const [dy, dx] = [Math.sin(angle), Math.cos(angle)];
    out.y[k] = Math.fround(Math.fround(Math.fround(distance[i * corners + k]! * dy) * factor) + y[i]! * factor);
    out.x[k] = Math.fround(Math.fround(Math.fround(distance[i * corners + k]! * dx) * factor) + x[i]! * factor);
  }
}

/** A corner at most so far from a pixel's middle is in it (skimage._shared.geometry). */
const nearly = 1e-12;

/** One row of one polygon: how often edges cross it to the right of each pixel, and to the left. */
class RowFill {
  readonly #right: Uint8Array;
  readonly #left: Uint8Array;

  constructor(width: number) {
    this.#right = new Uint8Array(width);
    this.#left = new Uint8Array(width);
  }

  fill(polygon: Polygon, row: PixelRow, out: Uint32Array, label: number): void {
    const { x: xs, y: ys } = polygon;
    const { y, left, right } = row;
    this.#right.fill(0, left, right + 1);
    this.#left.fill(0, left, right + 1);
    for (let k = 0, before = xs.length - 1; k < xs.length; before = k++) {
      const edge = { x0: xs[k]!, y0: ys[k]! - y, x1: xs[before]!, y1: ys[before]! - y };
      if (edge.y0 > 0 !== edge.y1 > 0) countLeftOf(edge, row, this.#right);
      if (edge.y0 < 0 !== edge.y1 < 0) countRightOf(edge, row, this.#left);
      const x = Math.round(edge.x0);
      if (Math.abs(edge.y0) < nearly && Math.abs(edge.x0 - x) < nearly && x >= left && x <= right) out[x] = label;
    }
    for (let x = left; x <= right; x++) if (this.#right[x] === 1 || this.#left[x] === 1) out[x] = label;
  }
}

/** Columns [left, right] of row y. */
interface PixelRow {
  y: number;
  left: number;
  right: number;
}

/** An edge that crosses the row; y from the row. */
interface Edge {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** How far right of column x the edge crosses the row, rounded as the reference rounds it. */
const ahead = ({ x0, y0, x1, y1 }: Edge, x: number): number => ((x0 - x) * y1 - (x1 - x) * y0) / (y1 - y0);

/** One crossing more to the right of each column before it: only the last bit counts. */
function countLeftOf(edge: Edge, { left, right }: PixelRow, parity: Uint8Array): void {
  let last = Math.floor(ahead(edge, 0));
  while (ahead(edge, last) <= 0) last--;
  while (ahead(edge, last + 1) > 0) last++;
  for (let x = left; x <= Math.min(last, right); x++) parity[x]! ^= 1;
}

/** One crossing more to the left of each column behind it. */
function countRightOf(edge: Edge, { left, right }: PixelRow, parity: Uint8Array): void {
  let first = Math.ceil(ahead(edge, 0));
  while (ahead(edge, first) >= 0) first++;
  while (ahead(edge, first - 1) < 0) first--;
  for (let x = Math.max(first, left); x <= right; x++) parity[x]! ^= 1;
}
