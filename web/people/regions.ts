import type { PictureView } from '../../functions/contract/pictures.ts';

export type Region = NonNullable<PictureView['regions']>[number];
/** A region as it is drawn. `id`: the same while it is changed. */
export interface Box {
  id: number;
  region: Region;
}

/** Of the upright picture, in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A box has at least so many pixels on each side. */
const leastSide = 4;
/** Of a new box, as a part of the picture's. */
const newPart = 0.25;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** So many pixels to the right and down, as far as the picture goes. A box that a person changed has no score. */
export const moved = ({ x, y, width, height }: Region, right: number, down: number, size: Size): Region => ({
  x: clamp(x + right, 0, Math.max(0, size.width - width)),
  y: clamp(y + down, 0, Math.max(0, size.height - height)),
  ...{ width, height },
});

/** So many pixels wider and higher; its upper left stays. */
export const resized = ({ x, y, width, height }: Region, wider: number, higher: number, size: Size): Region => ({
  ...{ x, y },
  width: clamp(width + wider, Math.min(leastSide, size.width - x), size.width - x),
  height: clamp(height + higher, Math.min(leastSide, size.height - y), size.height - y),
});

/** In the middle. */
export const newRegion = ({ width, height }: Size): Region => ({
  x: ((1 - newPart) / 2) * width,
  y: ((1 - newPart) / 2) * height,
  width: newPart * width,
  height: newPart * height,
});

/** Pixels of one press of an arrow key. */
const stepOf = ({ width, height }: Size): number => Math.max(1, Math.round(Math.max(width, height) / 100));

const arrows: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What a key makes of a box; undefined where it means nothing here. */
export function byKey(
  region: Region,
  { key, shiftKey }: { key: string; shiftKey: boolean },
  size: Size,
): Region | undefined {
  const arrow = Object.hasOwn(arrows, key) ? arrows[key] : undefined;
  if (arrow === undefined) return undefined;
  const step = stepOf(size);
  return (shiftKey ? resized : moved)(region, arrow[0] * step, arrow[1] * step, size);
}
