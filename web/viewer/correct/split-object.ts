import type { Box, EditedLabels } from '../../../functions/core/edited-labels.ts';
import { connectedFrom, emptyMask, heightOf, type Mask, runsOf, widthOf } from './shapes.ts';

/** Runs of each part of an object but the largest; none where the line does not part it. */
export function splitOff(object: number, line: Mask, { plane, boxOf }: EditedLabels): number[][] {
  const box = boxOf(object)!;
  const width = widthOf(box);
  const isOwn = (index: number) => labelAt(plane, box, index) === object;
  const part = new Int32Array(width * heightOf(box)).fill(-1); // -1: none yet
  const isCut = (index: number) => isIn(line, box.left + (index % width), box.top + Math.floor(index / width));
  const parts: number[][] = [];
  for (let index = 0; index < part.length; index++) {
    if (part[index] !== -1 || !isOwn(index) || isCut(index)) continue;
    const found = connectedFrom(box, [index], (other) => part[other] === -1 && isOwn(other) && !isCut(other));
    for (const each of found) part[each] = parts.length;
    parts.push(found);
  }
  if (parts.length < 2) return [];
  spread(part, box, isOwn);
  const sizes = parts.map(({ length }) => length);
  const largest = sizes.indexOf(Math.max(...sizes));
  return parts.flatMap((_, number) => (number === largest ? [] : [partRuns(part, box, number)]));
}

/** Pixels without a part get that of a neighbour, layer by layer. */
function spread(part: Int32Array, box: Box, isOwn: (index: number) => boolean): void {
  let layer = [...part.keys()].filter((index) => part[index] !== -1);
  while (layer.length > 0) {
    const next: number[] = [];
    for (const index of layer)
      for (const other of neighboursOf(index, box)) {
        if (part[other] !== -1 || !isOwn(other)) continue;
        part[other] = part[index]!;
        next.push(other);
      }
    layer = next;
  }
}

/** Those at the sides of a pixel of a box. */
function neighboursOf(index: number, box: Box): number[] {
  const width = widthOf(box);
  const column = index % width;
  return [
    ...(index >= width ? [index - width] : []),
    ...(index + width < width * heightOf(box) ? [index + width] : []),
    ...(column > 0 ? [index - 1] : []),
    ...(column < width - 1 ? [index + 1] : []),
  ];
}

function partRuns(part: Int32Array, box: Box, number: number): number[] {
  const mask = emptyMask(box);
  for (let i = 0; i < part.length; i++) if (part[i] === number) mask.bits[i] = 1;
  return runsOf(mask);
}

const labelAt = (plane: EditedLabels['plane'], box: Box, index: number): number =>
  plane.labels[(box.top + Math.floor(index / widthOf(box))) * plane.width + box.left + (index % widthOf(box))]!;

const isIn = ({ box, bits }: Mask, x: number, y: number): boolean =>
  x >= box.left &&
  x <= box.right &&
  y >= box.top &&
  y <= box.bottom &&
  bits[(y - box.top) * widthOf(box) + x - box.left] === 1;
