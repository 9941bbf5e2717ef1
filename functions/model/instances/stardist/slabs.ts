import type { Outlines } from './outlines.ts';

/**
 * A polygon of whole-pixel corners, cut into slabs one pixel high, in which its edges have no corner: trapezoids by their
 * left and right ends at the top and at the bottom of the slab. Slab y owns trapezoids [from[y - top], from[y - top + 1]).
 */
export interface Slabs {
  top: number;
  from: Uint32Array;
  /** Four a trapezoid: left at the top, right at the top, left at the bottom, right at the bottom. */
  ends: Float64Array;
}

/** Inside is where the outline winds round at least once, in whichever direction (non-zero rule). */
export function slabsOf({ corners, x, y, top, bottom }: Outlines, i: number): Slabs {
  const rows = bottom[i]! - top[i]!;
  const edges = new EdgeTable(rows);
  for (let pass = 0; pass < 2; pass++) {
    for (let a = i * corners, b = a + corners - 1; a < (i + 1) * corners; b = a++) {
      if (y[a] === y[b]) continue;
      const [upper, lower] = y[a]! < y[b]! ? [a, b] : [b, a];
      const edge = {
        x: x[upper]!,
        slope: (x[lower]! - x[upper]!) / (y[lower]! - y[upper]!),
        turn: y[a]! < y[b]! ? 1 : -1,
      };
      edges.add(pass, edge, y[upper]! - top[i]!, y[lower]! - top[i]!);
    }
    if (pass === 0) edges.allocate();
  }
  const from = new Uint32Array(rows + 1);
  const ends = new Float64Array(2 * edges.count);
  for (let row = 0, used = 0; row < rows; row++) {
    used = edges.trapezoids(row, ends, used);
    from[row + 1] = used / 4;
  }
  return { top: top[i]!, from, ends };
}

/** Edges by the slabs that they cross: counted first, then filled in. */
class EdgeTable {
  readonly #next: Uint32Array;
  #above = new Float64Array(0);
  #below = new Float64Array(0);
  #turn = new Int8Array(0);

  constructor(rows: number) {
    this.#next = new Uint32Array(rows + 1);
  }

  get count(): number {
    return this.#turn.length;
  }

  /** Pass 0 counts, pass 1 fills in. An edge goes down from row `first` to row `end`, at `x` and onwards by `slope`. */
  add(pass: number, edge: { x: number; slope: number; turn: number }, first: number, end: number): void {
    for (let row = first; row < end; row++) {
      const at = this.#next[row]!++;
      if (pass === 0) continue;
      this.#above[at] = edge.x + edge.slope * (row - first);
      this.#below[at] = edge.x + edge.slope * (row - first + 1);
      this.#turn[at] = edge.turn;
    }
  }

  allocate(): void {
    let sum = 0;
    for (let row = 0; row < this.#next.length; row++) {
      const count = this.#next[row]!;
      this.#next[row] = sum;
      sum += count;
    }
    this.#above = new Float64Array(sum);
    this.#below = new Float64Array(sum);
    this.#turn = new Int8Array(sum);
  }

  /** Appends those of one slab to `ends`, from `used` on, and says where they end. */
  trapezoids(row: number, ends: Float64Array, used: number): number {
    const first = row === 0 ? 0 : this.#next[row - 1]!;
    const end = this.#next[row]!;
    this.#sort(first, end);
    let winding = 0;
    let left = first;
    let at = used;
    for (let i = first; i < end; i++) {
      if (winding === 0) left = i;
      winding += this.#turn[i]!;
      if (winding !== 0) continue;
      ends[at++] = this.#above[left]!;
      ends[at++] = this.#above[i]!;
      ends[at++] = this.#below[left]!;
      ends[at++] = this.#below[i]!;
    }
    return at;
  }

  /** By where they are in the middle of the slab. */
  #sort(first: number, end: number): void {
    const middle = (i: number): number => this.#above[i]! + this.#below[i]!;
    for (let i = first + 1; i < end; i++)
      for (let j = i; j > first && middle(j - 1) > middle(j); j--)
        for (const column of [this.#above, this.#below, this.#turn]) {
          const value = column[j]!;
          column[j] = column[j - 1]!;
          column[j - 1] = value;
        }
  }
}

/** Area that two polygons share, px. */
export function sharedArea(a: Slabs, b: Slabs): number {
  const first = Math.max(a.top, b.top);
  const last = Math.min(a.top + a.from.length - 1, b.top + b.from.length - 1);
  let area = 0;
  for (let y = first; y < last; y++)
    for (let i = a.from[y - a.top]!; i < a.from[y - a.top + 1]!; i++)
      for (let j = b.from[y - b.top]!; j < b.from[y - b.top + 1]!; j++)
        area += sharedTrapezoid(a.ends, 4 * i, b.ends, 4 * j);
  return area;
}

/** The width that two trapezoids share is linear between the heights at which their ends cross. */
function sharedTrapezoid(a: Float64Array, i: number, b: Float64Array, j: number): number {
  const lefts = [a[i]! - b[j]!, a[i + 2]! - b[j + 2]!] as const;
  const rights = [a[i + 1]! - b[j + 1]!, a[i + 3]! - b[j + 3]!] as const;
  const above = Math.min(a[i + 1]!, b[j + 1]!) - Math.max(a[i]!, b[j]!);
  const below = Math.min(a[i + 3]!, b[j + 3]!) - Math.max(a[i + 2]!, b[j + 2]!);
  const leftsCross = lefts[0] * lefts[1] < 0;
  const rightsCross = rights[0] * rights[1] < 0;
  if (!leftsCross && !rightsCross) return positivePart(above, below, 1);
  const widthAt = (t: number): number => {
    const at = (of: Float64Array, k: number): number => of[k]! + t * (of[k + 2]! - of[k]!);
    return Math.min(at(a, i + 1), at(b, j + 1)) - Math.max(at(a, i), at(b, j));
  };
  const t1 = leftsCross ? lefts[0] / (lefts[0] - lefts[1]) : rights[0] / (rights[0] - rights[1]);
  const t2 = rightsCross ? rights[0] / (rights[0] - rights[1]) : t1;
  const [early, late] = t1 < t2 ? [t1, t2] : [t2, t1];
  const [atEarly, atLate] = [widthAt(early), widthAt(late)];
  return (
    positivePart(above, atEarly, early) +
    positivePart(atEarly, atLate, late - early) +
    positivePart(atLate, below, 1 - late)
  );
}

/** Integral over a length of a width that goes from one value to another, where it is above 0. */
function positivePart(from: number, to: number, length: number): number {
  if (from >= 0 && to >= 0) return ((from + to) / 2) * length;
  if (from <= 0 && to <= 0) return 0;
  const high = Math.max(from, to);
  return ((high * high) / (2 * Math.abs(from - to))) * length;
}
