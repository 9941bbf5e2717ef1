import { expect, it } from '@jest/globals';
import type { Detection } from '../../../functions/faces/boxes.ts';
import { viewsOf } from '../../../functions/faces/views.ts';
import type { Pixels } from '../../../functions/photographs/pixels.ts';

/** Black, with one white rectangle. */
function marked(width: number, height: number, { left, top, right, bottom }: Omit<Detection, 'score'>): Pixels {
  const data = new Uint8Array(3 * width * height);
  for (let y = top; y < bottom; y++) data.fill(255, 3 * (y * width + left), 3 * (y * width + right));
  return { width, height, data };
}

/** Around what is bright; undefined where nothing is. */
function brightBox({ width, height, data }: Pixels): Detection | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[3 * (y * width + x)]! > 127) {
        [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
      }
  return right > left ? { left, top, right, bottom, score: 1 } : undefined;
}

const sizesOf = (picture: Pixels) => [...viewsOf(picture)].map(({ pixels: { width, height } }) => [width, height]);

it('are the picture and twice as large, each in four turns', () => {
  expect(sizesOf(marked(60, 40, { left: 0, top: 0, right: 1, bottom: 1 }))).toEqual([
    ...[
      [60, 40],
      [40, 60],
      [60, 40],
      [40, 60],
    ],
    ...[
      [120, 80],
      [80, 120],
      [120, 80],
      [80, 120],
    ],
  ]);
});

it('of a large picture are reduced, and closer in tiles that no size makes larger', () => {
  const sizes = sizesOf(marked(3000, 60, { left: 0, top: 0, right: 1, bottom: 1 }));
  expect(sizes).toHaveLength(4 + 2 * 4); // 2560 x 51 in two tiles
  expect([sizes[0], sizes[4], sizes[8]]).toEqual([
    [1280, 26],
    [1344, 51],
    [1344, 51],
  ]);
});

it.each([
  ['small', 90, 70, { left: 21, top: 11, right: 40, bottom: 33 }],
  ['wide', 2800, 100, { left: 1290, top: 20, right: 1350, bottom: 90 }],
  ['high', 80, 2600, { left: 20, top: 2530, right: 80, bottom: 2600 }],
])('say where in a %s picture a box of theirs is', (_, width, height, face) => {
  const found = [...viewsOf(marked(width, height, face))].flatMap(({ pixels, inPicture }) => {
    const box = brightBox(pixels);
    return box === undefined ? [] : [inPicture(box)];
  });
  const whole = found.filter(({ left, right }) => right - left > 0.9 * (face.right - face.left));
  expect(whole.length).toBeGreaterThanOrEqual(8);
  for (const box of whole)
    for (const side of ['left', 'top', 'right', 'bottom'] as const)
      expect(Math.abs(box[side] - face[side])).toBeLessThanOrEqual((1.5 * Math.max(width, height)) / 1280 + 1);
});
