import { describe, expect, it } from '@jest/globals';
import { boxToGrowIn, growInMap } from '../../../web/viewer/correct/grow-in-map.ts';

/** Digits in rows, a pixel each: of the map times 28 (5 is above the threshold), of labels as they are. */
function part(map: string[], labels?: string[]) {
  const [height, width] = [map.length, map[0]!.length];
  const numbers = (rows: string[]) => rows.flatMap((row) => [...row].map(Number));
  const taken = labels === undefined ? new Uint32Array(width * height) : Uint32Array.from(numbers(labels));
  return {
    area: {
      box: { left: 0, top: 0, right: width - 1, bottom: height - 1 },
      bytes: Uint8Array.from(numbers(map), (digit) => 28 * digit),
    },
    plane: { width, height, labels: taken },
  };
}

function grown(map: string[], wanted: { x: number; y: number; level?: number; exact?: boolean }, labels?: string[]) {
  const { area, plane } = part(map, labels);
  const { x, y, level = 0, exact = true } = wanted;
  const found = growInMap(area, plane, { point: { x: x + 0.5, y: y + 0.5 }, level, exact });
  if (found === undefined) return undefined;
  const rows = map.map((row) => [...row].fill('.'));
  for (let i = 0; i < found.runs.length; i += 3)
    for (let column = 0; column < found.runs[i + 2]!; column++)
      rows[found.runs[i]!]![found.runs[i + 1]! + column] = '#';
  return { level: found.level, rows: rows.map((row) => row.join('')) };
}

const cell = [
  '00000000000', //
  '00567650007',
  '00699960007',
  '00690960007',
  '00699965550',
  '00566650000',
  '00000000000',
];

describe('a click in the map of a model', () => {
  it('takes what is connected above the threshold, with its holes, without spurs', () => {
    expect(grown(cell, { x: 4, y: 2 })).toEqual({
      level: 0,
      rows: [
        '...........', //
        '..#####....',
        '..#####....',
        '..#####....',
        '..######...',
        '..#####....',
        '...........',
      ],
    });
  });

  it('takes less at a higher level', () => {
    expect(grown(cell, { x: 4, y: 2, level: 0.3 })?.rows).toEqual([
      '...........', //
      '...###.....',
      '..#####....',
      '..#####....',
      '..#####....',
      '...###.....',
      '...........',
    ]);
  });

  it('ends where another object begins', () => {
    const labels = cell.map((row) => `${'0'.repeat(5)}${'3'.repeat(row.length - 5)}`);
    expect(grown(cell, { x: 3, y: 2 }, labels)?.rows.slice(1, 6)).toEqual([
      '..###......',
      '..###......',
      '..##.......', // no hole: the other object ends it
      '..###......',
      '..###......',
    ]);
  });

  it('finds nothing where an object is, and nothing below an exact level', () => {
    const labels = cell.map((row) => '1'.repeat(row.length));
    expect(grown(cell, { x: 4, y: 2, exact: false }, labels)?.rows.join('')).not.toContain('#');
    expect(grown(cell, { x: 0, y: 0 })?.rows.join('')).not.toContain('#');
  });

  it('lowers the level to half of what the map has there, where it is fainter than the threshold', () => {
    const faint = ['000000', '023200', '024200', '023200', '000000'];
    const found = grown(faint, { x: 2, y: 2, exact: false });
    expect(found).toEqual({ level: (56 - 128) / 127, rows: ['......', '.###..', '.###..', '.###..', '......'] });
    expect(grown(faint, { x: 2, y: 2, level: found!.level })).toEqual(found); // as the slider asks for it then
  });

  it('is for grey values where the map saw nothing', () => {
    expect(grown(['000', '000', '000'], { x: 1, y: 1, exact: false })).toBeUndefined();
  });

  it('keeps what would vanish if it were smoothed', () => {
    expect(grown(['00000', '09900', '00000'], { x: 1, y: 1 })?.rows[1]).toBe('.##..');
  });
});

it('looks at 256 pixels each way, inside of the image', () => {
  const size = { width: 1000, height: 400 };
  expect(boxToGrowIn({ x: 500.5, y: 100 }, size)).toEqual({ left: 244, top: 0, right: 756, bottom: 356 });
  expect(boxToGrowIn({ x: -0.5, y: 100 }, size)).toBeUndefined();
  expect(boxToGrowIn({ x: 1000, y: 100 }, size)).toBeUndefined();
});
