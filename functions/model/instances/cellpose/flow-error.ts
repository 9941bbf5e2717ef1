import { type Boxes, boxesOf } from './boxes.ts';
import type { Flows } from './follow-flows.ts';

const flowScale = 5;

/**
 * Mean squared distance, for each object, between the flows of the network and those that its mask would have: the
 * directions in which heat spreads from its middle. 0 for label 0. Source: Stringer et al. 2021; equal to cellpose 3.1 on
 * a CPU (metrics.flow_error), in double and in its order of sums, because where the heat is flat its last bit decides a
 * direction.
 */
export function flowErrors(labels: Uint32Array, count: number, flows: Flows): Float64Array {
  const boxes = boxesOf(labels, flows.width, count);
  const errors = new Float64Array(count + 1);
  for (let k = 1; k <= count; k++)
    if (boxes.area[k]! > 0) errors[k] = errorOf(objectOf(labels, flows.width, boxes, k), flows);
  return errors;
}

/** One object in its box with a margin of one pixel. */
interface ObjectPixels {
  rows: number;
  stride: number;
  /** Its pixels in the box, and in the plane, in raster order. */
  inBox: Int32Array;
  inPlane: Int32Array;
  /** The pixel nearest to the mean, in the box. */
  middle: number;
}

function objectOf(labels: Uint32Array, width: number, boxes: Boxes, k: number): ObjectPixels {
  const [top, left] = [boxes.top[k]!, boxes.left[k]!];
  const rows = boxes.bottom[k]! - top + 2;
  const stride = boxes.right[k]! - left + 2;
  const area = boxes.area[k]!;
  const inBox = new Int32Array(area);
  const inPlane = new Int32Array(area);
  let [n, sumY, sumX] = [0, 0, 0];
  for (let y = 1; y < rows - 1; y++)
    for (let x = 1; x < stride - 1; x++) {
      const at = (top + y - 1) * width + left + x - 1;
      if (labels[at] !== k) continue;
      inBox[n] = y * stride + x;
      inPlane[n++] = at;
      sumY += y;
      sumX += x;
    }
  const [meanY, meanX] = [sumY / area, sumX / area];
  let [middle, least] = [0, Infinity];
  for (const at of inBox) {
    const y = Math.floor(at / stride);
    const distance = (at - y * stride - meanX) ** 2 + (y - meanY) ** 2;
    if (distance < least) [middle, least] = [at, distance];
  }
  return { rows, stride, inBox, inPlane, middle };
}

function errorOf(object: ObjectPixels, flows: Flows): number {
  const { stride, inBox, inPlane } = object;
  const heat = spreadHeat(object);
  let [sumY, sumX] = [0, 0];
  for (let i = 0; i < inBox.length; i++) {
    const at = inBox[i]!;
    const dy = heat[at + stride]! - heat[at - stride]!;
    const dx = heat[at + 1]! - heat[at - 1]!;
    const length = 1e-60 + Math.sqrt(dy * dy + dx * dx);
    sumY += (dy / length - Math.fround(flows.y[inPlane[i]!]! / flowScale)) ** 2;
    sumX += (dx / length - Math.fround(flows.x[inPlane[i]!]! / flowScale)) ** 2;
  }
  return sumY / inBox.length + sumX / inBox.length;
}

/** Each round adds 1 in the middle and then takes the mean of nine pixels, for as many rounds as heat needs to cross the box twice. */
function spreadHeat({ rows, stride, inBox, middle }: ObjectPixels): Float64Array {
  let heat = new Float64Array(rows * stride);
  let next = new Float64Array(rows * stride);
  const ninth = 1 / 9;
  for (let round = 2 * (rows + stride); round > 0; round--) {
    heat[middle]! += 1;
    for (let i = 0; i < inBox.length; i++) {
      const at = inBox[i]!;
      const above = at - stride;
      const below = at + stride;
      next[at] =
        ninth *
        (heat[at]! +
          heat[above]! +
          heat[below]! +
          heat[at - 1]! +
          heat[at + 1]! +
          heat[above - 1]! +
          heat[above + 1]! +
          heat[below - 1]! +
          heat[below + 1]!);
    }
    [heat, next] = [next, heat];
  }
  return heat;
}
