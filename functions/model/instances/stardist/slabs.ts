import type { Outlines } from './outlines.ts';

/**
 * One polygon of whole-pixel corners, cut into slabs one pixel high, in which its edges have no corner. Of each slab it holds
 * the intervals that lie inside at half of its height: an edge is straight there, so their length is the slab's area but
 * where two edges cross in it. Used again for one polygon after the other, so that nothing is allocated for each.
 */
export class Slabs {
  #top = 0;
  #rows = 0;
  /** Of each slab: how many numbers it has among `#ends`, from `row * #corners` on: left, right, left, right ... */
  #count = new Uint32Array(0);
  #ends = new Float64Array(0);
  readonly #turn: Int8Array;
  readonly #corners: number;

  constructor(corners: number) {
    this.#corners = corners;
    this.#turn = new Int8Array(corners);
  }

  /** Inside is where the outline winds round at least once, in whichever direction (non-zero rule). */
  take({ corners, x, y, top, bottom }: Outlines, i: number): void {
    this.#begin(top[i]!, bottom[i]! - top[i]!);
    const end = (i + 1) * corners;
    for (let a = i * corners, b = end - 1; a < end; b = a++) {
      if (y[a]! === y[b]!) continue;
      const upper = y[a]! < y[b]! ? a : b;
      const lower = a + b - upper;
      const slope = (x[lower]! - x[upper]!) / (y[lower]! - y[upper]!);
      let middle = x[upper]! + slope / 2;
      for (let row = y[upper]! - this.#top; row < y[lower]! - this.#top; row++, middle += slope)
        this.#insert(row, middle);
    }
    for (let row = 0; row < this.#rows; row++) if (this.#count[row]! > 2) this.#wind(row, { corners, x, y }, i);
  }

  /** Area that two polygons share, px. */
  shared(other: Slabs): number {
    const first = Math.max(this.#top, other.#top);
    const last = Math.min(this.#top + this.#rows, other.#top + other.#rows);
    const [own, theirs] = [this.#ends, other.#ends];
    let area = 0;
    for (let y = first; y < last; y++) {
      const from = (y - this.#top) * this.#corners;
      const start = (y - other.#top) * other.#corners;
      const stop = start + other.#count[y - other.#top]!;
      for (let i = from; i < from + this.#count[y - this.#top]!; i += 2)
        for (let j = start; j < stop; j += 2) {
          const width = Math.min(own[i + 1]!, theirs[j + 1]!) - Math.max(own[i]!, theirs[j]!);
          if (width > 0) area += width;
        }
    }
    return area;
  }

  #begin(top: number, rows: number): void {
    this.#top = top;
    this.#rows = rows;
    if (rows > this.#count.length) {
      this.#count = new Uint32Array(2 * rows);
      this.#ends = new Float64Array(2 * rows * this.#corners);
    }
    this.#count.fill(0, 0, rows);
  }

  /** In order of columns. */
  #insert(row: number, middle: number): void {
    const ends = this.#ends;
    const from = row * this.#corners;
    let at = from + this.#count[row]!++;
    for (; at > from && ends[at - 1]! > middle; at--) ends[at] = ends[at - 1]!;
    ends[at] = middle;
  }

  /** Of a slab that more than two edges cross: keeps the outer ends of what is inside. */
  #wind(row: number, { corners, x, y }: Pick<Outlines, 'corners' | 'x' | 'y'>, i: number): void {
    const ends = this.#ends;
    const from = row * this.#corners;
    const middle = this.#top + row + 0.5;
    let count = 0;
    const end = (i + 1) * corners;
    for (let a = i * corners, b = end - 1; a < end; b = a++) {
      if (y[a]! > middle === y[b]! > middle) continue;
      const upper = y[a]! < y[b]! ? a : b;
      const lower = a + b - upper;
      const along = (middle - y[upper]!) / (y[lower]! - y[upper]!);
      const column = x[upper]! + along * (x[lower]! - x[upper]!);
      let at = count++;
      for (; at > 0 && ends[from + at - 1]! > column; at--) {
        ends[from + at] = ends[from + at - 1]!;
        this.#turn[at] = this.#turn[at - 1]!;
      }
      ends[from + at] = column;
      this.#turn[at] = y[a]! < y[b]! ? 1 : -1;
    }
    let kept = 0;
    let winding = 0;
    for (let k = 0; k < count; k++) {
      if (winding === 0) ends[from + kept++] = ends[from + k]!;
      winding += this.#turn[k]!;
      if (winding === 0) ends[from + kept++] = ends[from + k]!;
    }
    this.#count[row] = kept;
  }
}
