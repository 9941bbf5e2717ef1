/** Objects of one plane as horizontal runs, row after row: a few bytes an object and row instead of four a pixel. */
export interface LabelRuns {
  height: number;
  width: number;
  /** Objects have the labels 1 .. count. */
  count: number;
  /** Row y owns runs [rows[y], rows[y + 1]). */
  rows: Uint32Array;
  /** Columns [start, end) of each run. */
  start: Uint32Array;
  end: Uint32Array;
  label: Uint32Array;
}

interface Size {
  height: number;
  width: number;
  count: number;
}

/** The runs of a plane of labels, rows x columns, 0 for background. */
export function runsOf(labels: Uint32Array, { height, width, count }: Size): LabelRuns {
  const rows = new Uint32Array(height + 1);
  let runs = new Uint32Array(3 * 1024);
  let used = 0;
  for (let y = 0; y < height; y++) {
    const base = y * width;
    for (let x = 0; x < width; ) {
      const label = labels[base + x]!;
      if (label === 0) {
        x++;
        continue;
      }
      let end = x + 1;
      while (end < width && labels[base + end] === label) end++;
      if (used === runs.length) {
        const larger = new Uint32Array(2 * used);
        larger.set(runs);
        runs = larger;
      }
      runs[used++] = x;
      runs[used++] = end;
      runs[used++] = label;
      x = end;
    }
    rows[y + 1] = used / 3;
  }
  const part = (at: number) => Uint32Array.from({ length: used / 3 }, (_, run) => runs[3 * run + at]!);
  return { height, width, count, rows, start: part(0), end: part(1), label: part(2) };
}

/** Writes `numbers[label - 1]` into each pixel of an object; background stays as it is. */
export function paintRuns(
  { height, width, rows, start, end, label }: LabelRuns,
  numbers: Uint32Array,
  out: Uint16Array | Uint32Array,
): void {
  for (let y = 0; y < height; y++)
    for (let r = rows[y]!; r < rows[y + 1]!; r++)
      out.fill(numbers[label[r]! - 1]!, y * width + start[r]!, y * width + end[r]!);
}

/** Pixels of each object. */
export function areasOf({ count, start, end, label }: LabelRuns): Float64Array {
  const area = new Float64Array(count);
  for (let r = 0; r < label.length; r++) area[label[r]! - 1]! += end[r]! - start[r]!;
  return area;
}
