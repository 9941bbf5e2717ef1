import { describe, expect, it } from '@jest/globals';
import {
  levelFor,
  pixelsToRead,
  sizeAt,
  storedLevelFor,
  topLevel,
  visibleTiles,
} from '../../../web/viewer/tile-choice.ts';
import { centred, fitted, panned, resized, toCanvas, toImage, zoomed } from '../../../web/viewer/viewport.ts';

const image = { width: 4000, height: 2000 };
const canvas = { width: 800, height: 600 };

describe('what the canvas shows', () => {
  it('is the whole image at first, in its middle', () => {
    expect(fitted(image, canvas)).toEqual({ ...canvas, x: 2000, y: 1000, scale: 0.2 });
  });

  it('is never larger than 64 screen pixels for one of the image', () => {
    expect(fitted({ width: 2, height: 2 }, canvas).scale).toBe(64);
    expect(zoomed(fitted(image, canvas), 1e9, { x: 0, y: 0 }, image).scale).toBe(64);
  });

  it('maps points there and back', () => {
    const viewport = { ...canvas, x: 100, y: 50, scale: 4 };
    expect(toImage(viewport, { x: 0, y: 0 })).toEqual({ x: 0, y: -25 });
    expect(toCanvas(viewport, { x: 0, y: -25 })).toEqual({ x: 0, y: 0 });
    expect(toImage(viewport, { x: 404, y: 300 })).toEqual({ x: 101, y: 50 });
  });

  it('keeps the point under the pointer while it zooms', () => {
    const viewport = { ...canvas, x: 2000, y: 1000, scale: 1 };
    const anchor = { x: 100, y: 500 };
    const fixed = toImage(viewport, anchor);
    const closer = zoomed(viewport, 8, anchor, image);
    expect(closer.scale).toBe(8);
    expect(toImage(closer, anchor)).toEqual(fixed);
  });

  it('cannot become smaller than half of what fits', () => {
    expect(zoomed(fitted(image, canvas), 0.01, { x: 400, y: 300 }, image).scale).toBe(0.1);
  });

  it('moves with the pointer, and its middle stays on the image', () => {
    const viewport = { ...canvas, x: 2000, y: 1000, scale: 2 };
    expect(panned(viewport, { x: 20, y: -10 }, image)).toEqual({ ...viewport, x: 1990, y: 1005 });
    expect(panned(viewport, { x: 1e6, y: -1e6 }, image)).toEqual({ ...viewport, x: 0, y: 2000 });
  });

  it('brings an object into the middle, large enough to be seen', () => {
    const viewport = fitted(image, canvas);
    expect(centred(viewport, { x: 30, y: 40 }, image, 2)).toEqual({ ...canvas, x: 30, y: 40, scale: 2 });
    const close = { ...viewport, scale: 9 };
    expect(centred(close, { x: 30, y: 40 }, image, 2).scale).toBe(9);
  });

  it('keeps its middle when the canvas changes', () => {
    expect(resized({ ...canvas, x: 7, y: 8, scale: 3 }, { width: 300, height: 200 })).toEqual({
      ...{ width: 300, height: 200, x: 7, y: 8, scale: 3 },
    });
  });
});

describe('the level of tiles', () => {
  it.each([
    [4, 0],
    [1, 0],
    [0.51, 0],
    [0.5, 1],
    [0.26, 1],
    [0.25, 2],
    [0.01, 4],
  ])('at %d screen pixels for one of the image is %d', (scale, level) => {
    expect(levelFor({ ...canvas, x: 0, y: 0, scale }, 1, image)).toBe(level);
  });

  it('is finer on a screen of more pixels', () => {
    expect(levelFor({ ...canvas, x: 0, y: 0, scale: 0.25 }, 2, image)).toBe(1);
  });

  it.each([
    [256, 0],
    [257, 1],
    [20_000, 7],
  ])('of an image of %d pixels ends at %d', (side, level) => {
    expect(topLevel({ width: side, height: 3 })).toBe(level);
  });

  it('has sizes rounded up', () => {
    expect(sizeAt({ width: 1001, height: 5 }, 3)).toEqual({ width: 126, height: 1 });
  });
});

describe('tiles in view', () => {
  const names = (tiles: { column: number; row: number }[]) => tiles.map(({ column, row }) => `${column},${row}`);

  it('are those that the canvas touches, the nearest first', () => {
    const viewport = { width: 300, height: 150, x: 400, y: 125, scale: 1 };
    expect(names(visibleTiles(viewport, image, 0))).toEqual(['1,0', '2,0', '0,0']);
    expect(names(visibleTiles({ ...viewport, y: 250 }, image, 0))).toEqual(['1,0', '1,1', '2,0', '2,1', '0,0', '0,1']);
  });

  it('end where the image ends', () => {
    const viewport = { width: 9000, height: 9000, x: 2000, y: 1000, scale: 1 };
    const tiles = visibleTiles(viewport, image, 1);
    expect([
      tiles.length,
      Math.max(...tiles.map(({ column }) => column)),
      Math.max(...tiles.map(({ row }) => row)),
    ]).toEqual([32, 7, 3]);
  });

  it('are none where nothing of the image is in view', () => {
    expect(visibleTiles({ width: 100, height: 100, x: -400, y: 0, scale: 1 }, image, 0)).toEqual([]);
  });
});

describe('what tiles cost to read', () => {
  const full = { width: 20_000, height: 20_000, reduction: 1 };
  const strips = [{ ...full, segmentHeight: 6, segmentWidth: 20_000 }];
  const squares = [{ ...full, segmentHeight: 256, segmentWidth: 256 }];
  const size = { width: 20_000, height: 20_000 };
  const at = (level: number, column: number, row: number) => ({ level, column, row });

  it('is whole rows of strips, and squares of tiles', () => {
    expect(pixelsToRead([at(0, 3, 1)], squares, size)).toBe(256 * 256);
    expect(pixelsToRead([at(0, 3, 1), at(0, 4, 1)], squares, size)).toBe(512 * 256);
    expect(pixelsToRead([at(0, 3, 1)], strips, size)).toBe(20_000 * 264); // rows 252 to 515
    expect(pixelsToRead([], strips, size)).toBe(0);
  });

  it('is all of the image for all of it, unless the file has smaller levels', () => {
    expect(pixelsToRead([at(7, 0, 0)], squares, size)).toBe(20_000 * 20_000);
    const pyramid = [...squares, { width: 2500, height: 2500, reduction: 8, segmentHeight: 256, segmentWidth: 256 }];
    expect(pixelsToRead([at(7, 0, 0)], pyramid, size)).toBe(2500 * 2500);
  });

  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [9, 2],
  ])('for level %d is that of stored level %d of reductions 1, 4 and 16', (level, stored) => {
    expect(storedLevelFor([{ reduction: 1 }, { reduction: 4 }, { reduction: 16 }], level)).toBe(stored);
  });
});
