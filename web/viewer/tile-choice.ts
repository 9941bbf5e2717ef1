import type { Box } from '../../functions/core/edited-labels.ts';
import { type Size, toImage, type Viewport } from './viewport.ts';

/**
 * Pixels of a tile each way, at its level; tiles at the right and lower edge have fewer. Of a strip file whole rows are read:
 * twice the side reads half as much again of what a window shows.
 */
export const tileSide = 256;

/** A square of a level: level k has every 2^k pixels of the image as one. */
export interface Tile {
  level: number;
  column: number;
  row: number;
}

/** As the file has the image, for what a part of it costs to read. */
export interface StoredLevel extends Size {
  reduction: number;
  segmentHeight: number;
  segmentWidth: number;
}

export const tileKey = ({ level, column, row }: Tile): string => `${level}/${column}/${row}`;

/** Pixels of the whole image at a level. */
export const sizeAt = ({ width, height }: Size, level: number): Size => ({
  width: Math.ceil(width / 2 ** level),
  height: Math.ceil(height / 2 ** level),
});

/** The level at which one tile has the whole image. */
export function topLevel(image: Size): number {
  let level = 0;
  while (Math.max(image.width, image.height) > tileSide * 2 ** level) level++;
  return level;
}

/** The level whose pixels are as large as the screen's, or the next finer one. `ratio`: the screen's pixels for one of CSS. */
export const levelFor = ({ scale }: Viewport, ratio: number, image: Size): number =>
  Math.min(topLevel(image), Math.max(0, Math.floor(Math.log2(1 / (scale * ratio)))));

/** Tiles of a level that a viewport shows, those nearest to its middle first. */
export function visibleTiles(viewport: Viewport, image: Size, level: number): Tile[] {
  const side = tileSide * 2 ** level;
  const from = toImage(viewport, { x: 0, y: 0 });
  const to = toImage(viewport, { x: viewport.width, y: viewport.height });
  const first = (at: number) => Math.max(0, Math.floor(at / side));
  const last = (at: number, size: number) => Math.min(Math.ceil(size / side), Math.ceil(at / side)) - 1;
  const tiles: Tile[] = [];
  for (let row = first(from.y); row <= last(to.y, image.height); row++)
    for (let column = first(from.x); column <= last(to.x, image.width); column++) tiles.push({ level, column, row });
  const distance = ({ column, row }: Tile) =>
    ((column + 0.5) * side - viewport.x) ** 2 + ((row + 0.5) * side - viewport.y) ** 2;
  return tiles.sort((a, b) => distance(a) - distance(b));
}

/** Tiles of all levels that have, or have beside them, pixels of a box of the image. */
export function tilesOf({ left, top, right, bottom }: Box, image: Size): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; level <= topLevel(image); level++) {
    const pixel = 2 ** level;
    const side = tileSide * pixel;
    const first = (at: number) => Math.max(0, Math.floor((at - pixel) / side));
    const last = (at: number, size: number) => Math.min(Math.ceil(size / side) - 1, Math.floor((at + pixel) / side));
    for (let row = first(top); row <= last(bottom, image.height); row++)
      for (let column = first(left); column <= last(right, image.width); column++) tiles.push({ level, column, row });
  }
  return tiles;
}

/** The smallest stored level that has all the pixels of a level of tiles. */
export function storedLevelFor(stored: readonly Pick<StoredLevel, 'reduction'>[], level: number): number {
  let best = 0;
  for (const [i, { reduction }] of stored.entries())
    if (reduction <= 2 ** level && reduction > stored[best]!.reduction) best = i;
  return best;
}

/** Pixels of a channel that are read for tiles: whole strips, or whole tiles of the file. */
export function pixelsToRead(tiles: readonly Tile[], stored: readonly StoredLevel[], image: Size): number {
  if (tiles.length === 0) return 0;
  const { level } = tiles[0]!;
  const { reduction, segmentHeight, segmentWidth, width, height } = stored[storedLevelFor(stored, level)]!;
  const side = (tileSide * 2 ** level) / reduction;
  const span = (from: number, to: number, segment: number, size: number) =>
    Math.min(size, Math.ceil(to / segment) * segment) - Math.floor(from / segment) * segment;
  const columns = tiles.map(({ column }) => column);
  const rows = tiles.map(({ row }) => row);
  const [left, right] = [Math.min(...columns) * side, (Math.max(...columns) + 1) * side];
  const [top, bottom] = [Math.min(...rows) * side, (Math.max(...rows) + 1) * side];
  const most = { width: Math.min(width, Math.ceil(image.width / reduction)), height };
  return (
    span(left, Math.min(right, most.width), segmentWidth, width) *
    span(top, Math.min(bottom, most.height), segmentHeight, height)
  );
}
