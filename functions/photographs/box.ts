import type { Region } from '../core/pictures/picture.ts';

/** Whole pixels of the picture that a region covers; empty where it lies outside. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function boxOf({ x, y, width, height }: Region, picture: { width: number; height: number }): Box {
  const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
  const left = clamp(Math.floor(x), picture.width);
  const top = clamp(Math.floor(y), picture.height);
  return {
    left,
    top,
    right: Math.max(left, clamp(Math.ceil(x + width), picture.width)),
    bottom: Math.max(top, clamp(Math.ceil(y + height), picture.height)),
  };
}

export const isEmpty = ({ left, top, right, bottom }: Box): boolean => right <= left || bottom <= top;
