import { describe, expect, it } from '@jest/globals';
import { fillShape, type Outline } from '../../functions/image/fill-shape.ts';

const ink = [200, 100, 0] as const;

/** The first sample of each pixel of 4 x 6 black ones that the outlines are filled into, as a share of the ink's. */
function filled(outlines: readonly Outline[], opacity = 1): number[][] {
  const picture = { height: 4, width: 6, samples: 3, data: new Uint8Array(4 * 6 * 3) };
  fillShape(picture, outlines, { colour: ink, opacity });
  const at = (pixel: number) => picture.data[3 * pixel]! / ink[0];
  return [0, 1, 2, 3].map((row) => [0, 1, 2, 3, 4, 5].map((column) => at(6 * row + column)));
}
const box = (left: number, top: number, right: number, bottom: number): Outline => [
  ...[left, top, right, top],
  ...[right, bottom, left, bottom],
];

describe('an outline that is filled', () => {
  it('covers each pixel by the share that lies inside', () => {
    expect(filled([box(1.25, 0.5, 4, 2.25)])).toEqual([
      [0, 0.375, 0.5, 0.5, 0, 0],
      [0, 0.75, 1, 1, 0, 0],
      [0, 0.19, 0.25, 0.25, 0, 0], // 0.1875, in whole steps of the sample
      [0, 0, 0, 0, 0, 0],
    ]);
  });

  it('has a hole where another lies in it the other way round, and none where it lies the same way', () => {
    const outer = box(0, 0, 4, 4);
    const inner = box(1, 1, 3, 3);
    const turned = [1, 1, 1, 3, 3, 3, 3, 1];
    expect(filled([outer, turned])[1]).toEqual([1, 0, 0, 1, 0, 0]);
    expect(filled([outer, inner])[1]).toEqual([1, 1, 1, 1, 0, 0]);
  });

  it('covers half of the pixels on a diagonal', () => {
    expect(filled([[0, 0, 4, 4, 0, 4]])).toEqual([
      [0.5, 0, 0, 0, 0, 0],
      [1, 0.5, 0, 0, 0, 0],
      [1, 1, 0.5, 0, 0, 0],
      [1, 1, 1, 0.5, 0, 0],
    ]);
  });

  it('ends where the picture ends', () => {
    expect(filled([box(-3, -5, 2, 1)])).toEqual([[1, 1, 0, 0, 0, 0], ...Array<number[]>(3).fill([0, 0, 0, 0, 0, 0])]);
    expect(filled([box(7, 0, 9, 4), box(0, 5, 2, 9), box(-4, 0, -1, 4)]).flat()).toEqual(new Array(24).fill(0));
  });

  it('lets what is below shine through', () => {
    expect(filled([box(0, 0, 1, 1)], 0.6)[0]).toEqual([0.6, 0, 0, 0, 0, 0]);
  });
});
