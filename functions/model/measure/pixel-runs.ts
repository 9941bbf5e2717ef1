import type { PixelRuns } from '../../ports/predictor.ts';

/** Collects runs in raster order. */
export function runCollector() {
  let start = new Uint32Array(1024);
  let end = new Uint32Array(1024);
  let of = new Uint32Array(1024);
  let count = 0;
  return {
    /** Pixels [from, to) of one row belong to a region. */
    add(from: number, to: number, region: number): void {
      if (count === start.length) [start, end, of] = [grown(start), grown(end), grown(of)];
      start[count] = from;
      end[count] = to;
      of[count++] = region;
    },
    /** On shared memory, for other threads. */
    runs: (): PixelRuns => ({ start: shared(start, count), end: shared(end, count), of: shared(of, count) }),
  };
}

function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * values.length);
  larger.set(values);
  return larger;
}

function shared(values: Uint32Array, count: number): Uint32Array {
  const out = new Uint32Array(new SharedArrayBuffer(4 * count));
  out.set(values.subarray(0, count));
  return out;
}

/** The pixels of each object of a plane, labels 1 .. count: region i is label i + 1. */
export function objectRuns(labels: Uint32Array, height: number, width: number): PixelRuns {
  const found = runCollector();
  for (let row = 0; row < height; row++) {
    const stop = (row + 1) * width;
    for (let from = row * width; from < stop; ) {
      const label = labels[from]!;
      let to = from + 1;
      while (to < stop && labels[to] === label) to++;
      if (label > 0) found.add(from, to, label - 1);
      from = to;
    }
  }
  return found.runs();
}
