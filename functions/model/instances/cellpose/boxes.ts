/** Bounding boxes of the objects of a plane: object k (from 1) has rows [top[k], bottom[k]) and columns [left[k], right[k]). */
export interface Boxes {
  top: Int32Array;
  bottom: Int32Array;
  left: Int32Array;
  right: Int32Array;
  area: Float64Array;
}

/** `count`: the highest label. Objects without a pixel have a box without rows. */
export function boxesOf(labels: Uint32Array, width: number, count: number): Boxes {
  const top = new Int32Array(count + 1).fill(-1);
  const bottom = new Int32Array(count + 1).fill(-1);
  const left = new Int32Array(count + 1).fill(width);
  const right = new Int32Array(count + 1);
  const area = new Float64Array(count + 1);
  for (let i = 0, y = 0; i < labels.length; y++)
    for (let x = 0; x < width; x++, i++) {
      const k = labels[i]!;
      if (k === 0) continue;
      if (top[k] === -1) top[k] = y;
      bottom[k] = y + 1;
      if (x < left[k]!) left[k] = x;
      if (x >= right[k]!) right[k] = x + 1;
      area[k]!++;
    }
  return { top, bottom, left, right, area };
}
