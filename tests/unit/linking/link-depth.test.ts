import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { linkRules } from '../../../functions/linking/link-depth.ts';
import { measuredStack, numbered, planeOf, planesOf, sameObjects } from '../../support/label-stacks.ts';

interface Fixture {
  spacing: [number, number, number];
  cells: string[];
  expected: Record<string, number[]>;
  stitched: { planes: string[]; cellpose: string[] }[];
  known: number;
}
/** Written by tests/support/python/stacks.py. */
const fixture: Fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/stacks.json'), 'utf8'));
const neverGapOrTip = { ...linkRules, acrossGap: Number.POSITIVE_INFINITY, tip: Number.POSITIVE_INFINITY };

describe('a stack of known cells that touch, begin, end and are missed by a plane', () => {
  const truth = fixture.cells.map(planeOf);
  const found = numbered(planesOf(truth));

  it('has each cell once: none is split and none merged', () => {
    expect(found).toEqual(truth);
  });

  it('is counted higher by Cellpose, which takes the small last sections for cells', () => {
    expect(fixture.known).toBe(15);
    expect(Math.max(...found.flatMap(({ labels }) => [...labels]))).toBe(8);
  });

  const [z, y, x] = fixture.spacing;
  const own = measuredStack(planesOf(truth), { x, y, z }, (voxel) => (7919 * voxel) % 4093);
  it.each(Object.keys(fixture.expected))('has the %s that scikit-image measures', (column) => {
    expect(own[column]).toHaveLength(8);
    fixture.expected[column]!.forEach((value, i) => {
      expect(Math.abs(own[column]![i]! - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
    });
  });
});

it.each([0, 1, 2])('pairs overlapping outlines as Cellpose stitches them (drifting cells %i)', (i) => {
  const { planes, cellpose } = fixture.stitched[i]!;
  expect(sameObjects(numbered(planes.map(planeOf), neverGapOrTip), cellpose.map(planeOf))).toBe(true);
});

describe('objects of neighbouring planes', () => {
  const columns = (...planes: string[]) => numbered(planes.map((row) => planeOf(row))).map(({ labels }) => [...labels]);

  it('are one from an overlap of a quarter on', () => {
    expect(columns('11111000', '00011111')).toEqual([
      [1, 1, 1, 1, 1, 0, 0, 0],
      [0, 0, 0, 1, 1, 1, 1, 1],
    ]);
    expect(columns('11110000', '00011110').map((row) => Math.max(...row))).toEqual([1, 2]);
  });

  it('go on as the one that overlaps more where two compete', () => {
    expect(columns('11111111', '11100222')).toEqual([
      [1, 1, 1, 1, 1, 1, 1, 1],
      [1, 1, 1, 0, 0, 2, 2, 2],
    ]);
  });

  it('are one across one plane that misses them, and not across two', () => {
    expect(columns('11110000', '00000000', '11100000')).toEqual([
      [1, 1, 1, 1, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [1, 1, 1, 0, 0, 0, 0, 0],
    ]);
    expect(columns('11110000', '00000000', '00000000', '11100000').map((row) => Math.max(...row))).toEqual([
      1, 0, 0, 2,
    ]);
  });

  it('keep a small last or first section', () => {
    expect(columns('01000000', '11111111', '11111111', '00000010').map((row) => Math.max(...row))).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('leave apart a small object beside one that goes on', () => {
    expect(columns('11111111', '11111102', '11111111').map((row) => row.at(-1))).toEqual([1, 2, 1]);
  });
});
