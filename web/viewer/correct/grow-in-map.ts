import type { Box, LabelPlane } from '../../../functions/core/edited-labels.ts';
import type { Point, Size } from '../viewport.ts';
import { connectedFrom, emptyMask, heightOf, type Mask, runsOf, widthOf } from './shapes.ts';

/** How near pixels are to the model's threshold: a byte each, 128 at it. */
interface MapPart {
  box: Box;
  bytes: Uint8Array;
}

/** What a click comes to: runs (row, first column, number of pixels), none where there is nothing, and the level that they are of. */
export interface GrownInMap {
  runs: number[];
  level: number;
}

/** Pixels around a click that are looked at, each way. */
const reach = 256;
/** The byte at the threshold of the job, and the steps to the ends. */
const middle = 128;
const steps = 127;
/** Pixels around a click, each way, in which the map may be highest. */
const near = 3;
/** A map that is nowhere higher saw nothing. */
const leastPeak = 8;

/** What has to be known of the map for a click; undefined outside of the image. */
export function boxToGrowIn(point: Point, { width, height }: Size): Box | undefined {
  const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  return {
    left: Math.max(0, x - reach),
    top: Math.max(0, y - reach),
    right: Math.min(width - 1, x + reach),
    bottom: Math.min(height - 1, y + reach),
  };
}

/** `level`: -1 to 1, from the least of the map to its highest; 0: the threshold of the job. */
const byteAt = (level: number): number => Math.min(255, Math.max(1, Math.round(middle + level * steps)));

/**
 * The object at a click: pixels connected to it by their sides at which the map reaches the level, as far as no object has them,
 * with their holes, smoothed. Where the map is lower at the click and `exact` is not said, the level goes down to half of what
 * the map has there. Undefined: the map saw nothing there.
 */
export function growInMap(
  { box, bytes }: MapPart,
  { labels, width: stride }: LabelPlane,
  { point, level, exact = false }: { point: Point; level: number; exact?: boolean },
): GrownInMap | undefined {
  const [width, height] = [widthOf(box), heightOf(box)];
  const isFree = (index: number) =>
    labels[(box.top + Math.floor(index / width)) * stride + box.left + (index % width)] === 0;
  const [x, y] = [Math.floor(point.x) - box.left, Math.floor(point.y) - box.top];
  const start = y * width + x;
  if (!isFree(start)) return { runs: [], level };
  let least = byteAt(level);
  if (bytes[start]! < least && !exact) {
    const peak = highestNear({ x, y }, { width, height }, (index) => (isFree(index) ? bytes[index]! : 0));
    if (peak < leastPeak) return undefined;
    least = Math.max(1, Math.min(bytes[start]!, peak >> 1));
  }
  const grown = connectedFrom(box, [start], (index) => bytes[index]! >= least && isFree(index));
  const mask = maskOf(box, bytes[start]! >= least ? grown : []);
  fillHoles(mask);
  for (let i = 0; i < mask.bits.length; i++) if (mask.bits[i] === 1 && !isFree(i)) mask.bits[i] = 0; // in a hole
  return { runs: runsOf(smoothed(mask, start)), level: least === byteAt(level) ? level : (least - middle) / steps };
}

function highestNear({ x, y }: Point, { width, height }: Size, byteAtIndex: (index: number) => number): number {
  let highest = 0;
  for (let row = Math.max(0, y - near); row <= Math.min(height - 1, y + near); row++)
    for (let column = Math.max(0, x - near); column <= Math.min(width - 1, x + near); column++)
      highest = Math.max(highest, byteAtIndex(row * width + column));
  return highest;
}

export function maskOf(box: Box, indices: readonly number[]): Mask {
  const mask = emptyMask(box);
  for (const index of indices) mask.bits[index] = 1;
  return mask;
}

/**
 * Without spurs one pixel wide: pixels stay of whose 3 x 3 neighbourhood four are in, themselves included, as of a corner,
 * and that are still connected to the click. As it was where nothing would stay.
 */
function smoothed(mask: Mask, start: number): Mask {
  const { box, bits } = mask;
  const [width, height] = [widthOf(box), heightOf(box)];
  const kept = emptyMask(box);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const index = y * width + x;
      if (bits[index] === 1 && around(bits, { x, y }, { width, height }) >= 4) kept.bits[index] = 1;
    }
  if (kept.bits[start] !== 1) return mask;
  return maskOf(
    box,
    connectedFrom(box, [start], (index) => kept.bits[index] === 1),
  );
}

function around(bits: Uint8Array, { x, y }: Point, { width, height }: Size): number {
  let count = 0;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
      count += bits[row * width + column]!;
  return count;
}

/** What the edge of the box cannot be reached from belongs to the object. */
export function fillHoles({ box, bits }: Mask): void {
  const outside = connectedFrom(box, edgeOf(box), (index) => bits[index] === 0);
  bits.fill(1);
  for (const index of outside) bits[index] = 0;
}

function* edgeOf(box: Box): Generator<number> {
  const [width, height] = [widthOf(box), heightOf(box)];
  for (let column = 0; column < width; column++) yield* [column, (height - 1) * width + column];
  for (let row = 0; row < height; row++) yield* [row * width, (row + 1) * width - 1];
}
