import { giveWay } from '../async/give-way.ts';

/** Corners of a closed line along the edges of pixels, px from the upper left corner of the plane. */
export interface Loop {
  x: number[];
  y: number[];
}

export interface LabelPlane {
  height: number;
  width: number;
  /** Rows x columns, 0 for background. */
  data: Uint8Array | Uint16Array | Uint32Array;
}

/** Directions along edges, clockwise. */
const [up, right, down, left] = [0, 1, 2, 3];
const stepX = [0, 1, 0, -1];
const stepY = [-1, 0, 1, 0];

/**
 * The outlines of every object, by its label: each pixel of it is within an odd number of its loops, and no other is. One loop
 * is an object without holes whose pixels touch at their sides; more are its holes and its parts.
 */
export async function labelOutlines(plane: LabelPlane): Promise<Map<number, Loop[]>> {
  const { height, width, data } = plane;
  const walked = new Uint8Array(height * width); // left sides of pixels
  const outlines = new Map<number, Loop[]>();
  for (let y = 0; y < height; y++) {
    await giveWay();
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const label = data[at]!;
      // every loop goes up along the left side of one of its pixels at least
      if (label === 0 || walked[at] === 1 || (x > 0 && data[at - 1] === label)) continue;
      const loops = outlines.get(label) ?? [];
      loops.push(walk(plane, walked, { x, y, label }));
      outlines.set(label, loops);
    }
  }
  return outlines;
}

/** Walks once around, with the object on the right: up along the left side of its pixel `start` first. */
function walk(
  { height, width, data }: LabelPlane,
  walked: Uint8Array,
  start: { x: number; y: number; label: number },
): Loop {
  const has = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === start.label;
  const loop: Loop = { x: [], y: [] };
  let [x, y, direction] = [start.x, start.y + 1, up as number]; // a corner of pixels
  do {
    if (direction === up) walked[(y - 1) * width + x] = 1;
    x += stepX[direction]!;
    y += stepY[direction]!;
    // the two pixels ahead
    const aheadRight = has(
      x - Number(direction === down || direction === left),
      y - Number(direction === up || direction === left),
    );
    const aheadLeft = has(
      x - Number(direction === up || direction === left),
      y - Number(direction === up || direction === right),
    );
    const turn = !aheadRight ? 1 : aheadLeft ? 3 : 0;
    if (turn !== 0) {
      loop.x.push(x);
      loop.y.push(y);
      direction = (direction + turn) % 4;
    }
  } while (!(x === start.x && y === start.y + 1 && direction === up));
  return loop;
}
