import type { Region } from '../core/pictures/picture.ts';
import type { Transform } from '../core/pictures/recipe.ts';
import { blurRegion } from './blur.ts';
import { type Box, boxOf, isEmpty } from './box.ts';
import { cut, type Pixels } from './pixels.ts';

/** Colour of an outline, RGB. */
const outlineColour = [255, 210, 0] as const;

export type BuiltIn = Exclude<Transform, { kind: 'container' }>;

/**
 * The picture after one transform of its regions; the pixels given may be changed. A crop keeps the smallest rectangle that
 * has all regions, and where there is none the whole picture; what follows a crop works on all of it.
 */
export function transform(
  step: BuiltIn,
  picture: Pixels,
  regions: readonly Region[],
): { picture: Pixels; regions: Region[] } {
  const boxes = regions.map((region) => boxOf(region, picture)).filter((box) => !isEmpty(box));
  if (step.kind === 'crop') {
    const cropped = boxes.length === 0 ? picture : cut(picture, around(boxes));
    return { picture: cropped, regions: [{ x: 0, y: 0, width: cropped.width, height: cropped.height }] };
  }
  for (const box of boxes) {
    if (step.kind === 'mosaic') mosaic(picture, box, step.squares);
    if (step.kind === 'blur')
      blurRegion(picture, box, step.sigma * Math.max(box.right - box.left, box.bottom - box.top));
    if (step.kind === 'outline') outline(picture, box);
  }
  return { picture, regions: [...regions] };
}

const around = (boxes: readonly Box[]): Box => ({
  left: Math.min(...boxes.map(({ left }) => left)),
  top: Math.min(...boxes.map(({ top }) => top)),
  right: Math.max(...boxes.map(({ right }) => right)),
  bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
});

/** Squares, so many to the longer side, each of its mean colour. */
function mosaic(picture: Pixels, { left, top, right, bottom }: Box, squares: number): void {
  const side = Math.max(1, Math.ceil(Math.max(right - left, bottom - top) / squares));
  for (let y = top; y < bottom; y += side)
    for (let x = left; x < right; x += side)
      flatten(picture, { left: x, top: y, right: Math.min(right, x + side), bottom: Math.min(bottom, y + side) });
}

/** All pixels of a box in their mean colour. */
function flatten({ width, data }: Pixels, { left, top, right, bottom }: Box): void {
  const sums = [0, 0, 0];
  for (let y = top; y < bottom; y++)
    for (let i = 3 * (y * width + left); i < 3 * (y * width + right); i++) sums[i % 3]! += data[i]!;
  const count = (right - left) * (bottom - top);
  const mean = Uint8Array.from(sums, (sum) => Math.round(sum / count));
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) data.set(mean, 3 * (y * width + x));
}

/** As wide as it is seen: a 300th of the longer side of the picture, at least two pixels. */
function outline({ width, height, data }: Pixels, { left, top, right, bottom }: Box): void {
  const thick = Math.max(2, Math.round(Math.max(width, height) / 300));
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const inside = x >= left + thick && x < right - thick && y >= top + thick && y < bottom - thick;
      if (!inside) data.set(outlineColour, 3 * (y * width + x));
    }
}
