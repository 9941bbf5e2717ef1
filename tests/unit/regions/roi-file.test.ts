import { describe, expect, it } from '@jest/globals';
import { crossedBy, runsOfOutline } from '../../../functions/regions/region-runs.ts';
import { type Roi, readRoi } from '../../../functions/regions/roi-file.ts';
import { type RoiSpec, roiFile } from '../../support/roi-file.ts';

const read = (spec: RoiSpec): Roi => readRoi(roiFile(spec), 'a.roi');

/** Rows of a plane, `#` in the region. */
function drawn(spec: RoiSpec, { height, width } = { height: 6, width: 8 }): string[] {
  const { rows, start, end } = runsOfOutline(read(spec).outline!, { height, width })!;
  return Array.from({ length: height }, (_, y) => {
    const row = new Array<string>(width).fill('.');
    for (let r = rows[y]!; r < rows[y + 1]!; r++) row.fill('#', start[r]!, end[r]!);
    return row.join('');
  });
}

const square = [
  [1, 1],
  [5, 1],
  [5, 4],
  [1, 4],
] as const;

describe('the pixels of a ROI of Fiji', () => {
  const inSquare = ['........', '.####...', '.####...', '.####...', '........', '........'];
  const box = [1, 1, 5, 4] as const;

  it.each([
    ['a polygon', { type: 0, box, corners: square }],
    ['a freehand outline', { type: 7, box, corners: square }],
    ['a traced outline', { type: 8, box, corners: square }],
    ['a rectangle', { type: 1, box }],
    ['a polygon in fractions', { type: 0, box, corners: square, subPixel: true }],
    ['a rectangle in fractions', { type: 1, box, subPixel: true, fractions: [0.6, 0.6, 4.3, 3.3] }],
    ['a composite', { type: 1, box, segments: [0, 1, 1, 1, 5, 1, 1, 5, 4, 1, 1, 4, 4] }],
  ] satisfies [string, RoiSpec][])('are those whose centre %s holds', (_, spec) => {
    expect(drawn(spec)).toEqual(inSquare);
  });

  it.each([
    [
      'a square',
      [
        [1.5, 1.5],
        [4.5, 1.5],
        [4.5, 4.5],
        [1.5, 4.5],
      ],
      ['........', '........', '..###...', '..###...', '..###...', '........'],
    ],
    [
      'a diamond',
      [
        [4, 0],
        [7, 3],
        [4, 6],
        [1, 3],
      ],
      ['....#...', '...###..', '..#####.', '..#####.', '...###..', '....#...'],
    ],
  ] as const)(
    'are those at the right and lower ends, as ImageJ 1.54f takes them, where %s runs through centres',
    (_, corners, rows) => {
      expect(drawn({ type: 0, box: [1, 0, 7, 6], corners, subPixel: true })).toEqual(rows);
    },
  );

  it('of a rectangle that was moved by fractions are those of its box in whole numbers, as in ImageJ 1.54f', () => {
    const moved = { type: 1, box, subPixel: true, fractions: [1.8, 1.9, 3.5, 2.7] } as const;
    expect(drawn(moved)).toEqual(inSquare);
  });

  it('of an oval are those whose centre is in its ellipse', () => {
    expect(drawn({ type: 2, box: [1, 0, 7, 6] })).toEqual([
      '..####..',
      '.######.',
      '.######.',
      '.######.',
      '.######.',
      '..####..',
    ]);
  });

  it('of a composite leave out its hole', () => {
    const hole = [0, 2, 2, 1, 4, 2, 1, 4, 3, 1, 2, 3, 4];
    const segments = [0, 1, 1, 1, 5, 1, 1, 5, 4, 1, 1, 4, 4, ...hole];
    expect(drawn({ type: 1, box, segments })[2]).toBe('.#..#...');
  });

  it('of a composite follow its curves', () => {
    // from (0, 0) down the left side, back along a curve that is farthest right at 3 px, half-way
    const segments = [0, 0, 0, 1, 0, 6, 2, 6, 3, 0, 0, 4];
    expect(drawn({ type: 1, box: [0, 0, 6, 6], segments })).toEqual([
      '#.......',
      '##......',
      '###.....',
      '###.....',
      '##......',
      '#.......',
    ]);
  });

  it('end at the edges of the image', () => {
    const corners = [
      [-3, 4],
      [20, 4],
      [20, 9],
      [-3, 9],
    ] as const;
    expect(drawn({ type: 0, box: [-3, 4, 20, 9], corners, subPixel: true }).slice(3)).toEqual([
      '........',
      '########',
      '########',
    ]);
  });

  it('of a U are both of its arms', () => {
    const corners = [
      [0, 0],
      [2, 0],
      [2, 3],
      [5, 3],
      [5, 0],
      [7, 0],
      [7, 5],
      [0, 5],
    ] as const;
    const rows = drawn({ type: 0, box: [0, 0, 7, 5], corners });
    expect([rows[1], rows[4]]).toEqual(['##...##.', '#######.']);
  });
});

describe('a ROI of Fiji', () => {
  it('has its name and the plane that it was set to', () => {
    const spec = { type: 1, box: [0, 0, 2, 2] as const, name: 'CA1 µ', depth: 3, time: 2 };
    expect(read(spec)).toMatchObject({ name: 'CA1 µ', position: { depth: 2, time: 1 }, kind: 'rectangle' });
    expect(read({ type: 1, box: [0, 0, 2, 2], slice: 7 }).position).toEqual({ slice: 6 });
    expect(read({ type: 1, box: [0, 0, 2, 2] })).not.toHaveProperty('name');
  });

  it.each([
    ['point', { type: 10 }],
    ['line', { type: 3 }],
    ['polyline', { type: 5 }],
    ['text', { type: 1, subtype: 1 }],
  ])('that is a %s has no area', (kind, spec) => {
    const roi = read({ box: [0, 0, 2, 2], corners: [[1, 1]], ...spec });
    expect(roi.kind).toBe(kind);
    expect(roi).not.toHaveProperty('outline');
  });

  it('says that its outline is a fitted curve', () => {
    expect(read({ type: 0, box: [1, 1, 5, 4], corners: square, options: 1 }).spline).toBe(true);
  });

  const whole = roiFile({ type: 0, box: [1, 1, 5, 4], corners: square });
  const ofType = Buffer.from(whole);
  ofType[6] = 77;
  it.each([
    ['that is another file', Buffer.from('x'.repeat(200)), 'it does not start as a ROI of Fiji'],
    ['that is cut off in its header', whole.subarray(0, 50), 'it does not start as a ROI of Fiji'],
    ['that is cut off in its outline', whole.subarray(0, 70), 'it ends within its outline'],
    ['of a type to come', ofType, 'its type 77 is not known'],
    [
      'with a segment of no kind',
      roiFile({ type: 1, box: [0, 0, 1, 1], segments: [0, 1, 1, 9, 2, 2] }),
      'its outline has a segment of no known kind',
    ],
  ])('%s is refused by name', (_, bytes, detail) => {
    expect(() => readRoi(bytes, 'a.roi')).toThrow(`the regions in a.roi cannot be read: ${detail}`);
  });
});

it('an outline that crosses more rows than all outlines of an image may is not followed', () => {
  const corners = Array.from({ length: 20 }, (_, i): [number, number] => [i, i % 2 === 0 ? 0 : 100]);
  const { outline } = read({ type: 0, box: [0, 0, 20, 100], corners });
  const size = { height: 100, width: 20 };
  expect(crossedBy(outline!, size)).toBe(2000);
  expect(runsOfOutline(outline!, size, 1999)).toBeUndefined();
  expect(runsOfOutline(outline!, size, 2000)).toHaveProperty('area');
});
