/** Horizontal runs of pixels, row after row: columns [start, end) of the run; row y owns runs [rows[y], rows[y + 1]). */
export interface Runs {
  height: number;
  width: number;
  rows: Uint32Array;
  start: Uint32Array;
  end: Uint32Array;
}

/** Collects runs in raster order. */
function collector(height: number, width: number) {
  const rows = new Uint32Array(height + 1);
  let start = new Uint32Array(1024);
  let end = new Uint32Array(1024);
  let count = 0;
  return {
    add(from: number, to: number): void {
      if (count === start.length) {
        start = grown(start);
        end = grown(end);
      }
      start[count] = from;
      end[count++] = to;
    },
    endRow(y: number): void {
      rows[y + 1] = count;
    },
    runs: (): Runs => ({ height, width, rows, start: start.subarray(0, count), end: end.subarray(0, count) }),
  };
}

function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * values.length);
  larger.set(values);
  return larger;
}

/** Runs of samples at or above the threshold; NaN is below everything. */
export function runsAbove(map: Float32Array, height: number, width: number, threshold: number): Runs {
  const found = collector(height, width);
  for (let y = 0; y < height; y++) {
    const stop = (y + 1) * width;
    for (let i = y * width; i < stop; i++) {
      if (!(map[i]! >= threshold)) continue;
      const from = i;
      while (i < stop && map[i]! >= threshold) i++;
      found.add(from - y * width, i - y * width);
    }
    found.endRow(y);
  }
  return found.runs();
}

/** The runs between the given ones. */
export function complement({ height, width, rows, start, end }: Runs): Runs {
  const found = collector(height, width);
  for (let y = 0; y < height; y++) {
    let from = 0;
    for (let r = rows[y]!; r < rows[y + 1]!; r++) {
      if (start[r]! > from) found.add(from, start[r]!);
      from = end[r]!;
    }
    if (from < width) found.add(from, width);
    found.endRow(y);
  }
  return found.runs();
}

/** Connected components: `of[run]` is 0 .. count - 1, in raster order of their first pixels. */
export interface Components {
  of: Uint32Array;
  count: number;
}

/** Joins runs that touch between rows, also at corners where `diagonal`: 8- or 4-connected components. */
export function components({ height, rows, start, end }: Runs, diagonal: boolean): Components {
  const parent = Uint32Array.from(start.keys());
  const reach = diagonal ? 0 : 1;
  for (let y = 1; y < height; y++) {
    let above = rows[y - 1]!;
    const lastAbove = rows[y]!;
    for (let r = rows[y]!; r < rows[y + 1]!; r++) {
      while (above < lastAbove && end[above]! < start[r]! + reach) above++;
      // The last run that touches may touch the next one of this row too: stay on it.
      for (let a = above; a < lastAbove && start[a]! + reach <= end[r]!; a++) join(parent, a, r);
    }
  }
  const of = new Uint32Array(parent.length);
  let count = 0;
  for (let r = 0; r < parent.length; r++) {
    const root = find(parent, r);
    of[r] = root === r ? count++ : of[root]!;
  }
  return { of, count };
}

/** Root of a union-find forest, halving the path on the way. */
export function find(parent: Uint32Array | Int32Array, node: number): number {
  let at = node;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]!]!;
    at = parent[at]!;
  }
  return at;
}

/** The smaller root wins, so that a component's root is its first run. */
function join(parent: Uint32Array, a: number, b: number): void {
  const first = find(parent, a);
  const second = find(parent, b);
  if (first < second) parent[second] = first;
  else parent[first] = second;
}

/** Fills the holes: background, 4-connected, that does not touch the edge, of at most `maxHole` pixels. */
export function fillHoles(mask: Runs, maxHole: number): Runs {
  const gaps = complement(mask);
  const { of, count } = components(gaps, false);
  const open = new Uint8Array(count);
  const area = new Float64Array(count);
  for (let y = 0; y < gaps.height; y++)
    for (let r = gaps.rows[y]!; r < gaps.rows[y + 1]!; r++) {
      const edge = y === 0 || y === gaps.height - 1 || gaps.start[r] === 0 || gaps.end[r] === gaps.width;
      if (edge) open[of[r]!] = 1;
      area[of[r]!]! += gaps.end[r]! - gaps.start[r]!;
    }
  const filled = collector(mask.height, mask.width);
  for (let y = 0; y < mask.height; y++) {
    let from = 0;
    for (let r = gaps.rows[y]!; r < gaps.rows[y + 1]!; r++) {
      if (!open[of[r]!] && area[of[r]!]! <= maxHole) continue;
      if (gaps.start[r]! > from) filled.add(from, gaps.start[r]!);
      from = gaps.end[r]!;
    }
    if (from < mask.width) filled.add(from, mask.width);
    filled.endRow(y);
  }
  return filled.runs();
}
