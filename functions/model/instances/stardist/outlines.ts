import type { Candidates } from './candidates.ts';

/** Whole-pixel outlines of candidates, as overlaps are measured on them: `corners` a polygon. */
export interface Outlines {
  corners: number;
  x: Int32Array;
  y: Int32Array;
  area: Float64Array;
  /** Bounding boxes, both ends inside. */
  left: Int32Array;
  right: Int32Array;
  top: Int32Array;
  bottom: Int32Array;
}

/**
 * Corners cut to whole pixels, in float32 on the way, as stardist.lib.stardist2d does (c_non_max_suppression_inds): at a
 * quarter turn the last bit decides on which side of a pixel a corner lies.
 */
export function outlinesOf({ count, corners, y, x, distance }: Candidates): Outlines {
  const step = Math.fround((2 * Math.PI) / corners);
  const sine = Float32Array.from({ length: corners }, (_, k) => Math.sin(Math.fround(step * k)));
  const cosine = Float32Array.from({ length: corners }, (_, k) => Math.cos(Math.fround(step * k)));
  const all = new Int32Array(count * corners);
  const outlines: Outlines = {
    corners,
    x: all,
    y: new Int32Array(count * corners),
    area: new Float64Array(count),
    left: new Int32Array(count),
    right: new Int32Array(count),
    top: new Int32Array(count),
    bottom: new Int32Array(count),
  };
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < corners; k++) {
      const at = i * corners + k;
      outlines.y[at] = Math.fround(y[i]! + Math.fround(distance[at]! * sine[k]!));
      outlines.x[at] = Math.fround(x[i]! + Math.fround(distance[at]! * cosine[k]!));
    }
    measureOutline(outlines, i);
  }
  return outlines;
}

function measureOutline({ corners, x, y, area, ...box }: Outlines, i: number): void {
  const [first, end] = [i * corners, (i + 1) * corners];
  let [left, right, top, bottom] = [x[first]!, x[first]!, y[first]!, y[first]!];
  let twice = 0;
  for (let at = first, before = end - 1; at < end; before = at++) {
    twice += x[before]! * y[at]! - y[before]! * x[at]!;
    if (x[at]! < left) left = x[at]!;
    if (x[at]! > right) right = x[at]!;
    if (y[at]! < top) top = y[at]!;
    if (y[at]! > bottom) bottom = y[at]!;
  }
  area[i] = Math.abs(twice) / 2;
  box.left[i] = left;
  box.right[i] = right;
  box.top[i] = top;
  box.bottom[i] = bottom;
}
