import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LabelPlane, numbered, planesOf } from '../support/label-stacks.ts';

const [depth, height, width] = [14, 30, 60];

/** Balls in three columns, none above another in a column nearer than two planes; those of neighbouring columns may touch. */
const cells = fc.array(
  fc.record({
    column: fc.integer({ min: 0, max: 2 }),
    z: fc.double({ min: -1, max: depth, noNaN: true }),
    y: fc.double({ min: 10, max: 20, noNaN: true }),
    x: fc.double({ min: -2, max: 2, noNaN: true }),
    radius: fc.double({ min: 4, max: 10, noNaN: true }),
    /** Pixels from one plane to the next: near and far planes. */
    step: fc.constantFrom(1.5, 2.5, 4),
  }),
  { maxLength: 9 },
);

it('counts round cells exactly, wherever they begin and end and however far the planes are apart', () => {
  fc.assert(
    fc.property(cells, (drawn) => {
      const truth: LabelPlane[] = Array.from({ length: depth }, () => ({
        ...{ height, width },
        labels: new Uint32Array(height * width),
      }));
      const bottom = [-9, -9, -9]; // of each column
      for (const cell of drawn.sort((a, b) => a.z - b.z)) {
        const reach = cell.radius / cell.step;
        if (cell.z - reach < bottom[cell.column]! + 3) continue;
        bottom[cell.column] = cell.z + reach;
        draw(truth, cell);
      }
      expect(renumbered(numbered(planesOf(truth)))).toEqual(renumbered(truth));
    }),
    { numRuns: 300 },
  );
});

type Cell = { column: number; z: number; y: number; x: number; radius: number; step: number };

let drawnCells = 0;
function draw(stack: readonly LabelPlane[], { column, z, y, x, radius, step }: Cell): void {
  const label = ++drawnCells;
  const centre = 10 + 20 * column + x;
  for (const [plane, { labels }] of stack.entries()) {
    const square = radius * radius - ((plane - z) * step) ** 2;
    for (let i = 0; square > 0 && i < labels.length; i++) {
      const [dy, dx] = [Math.floor(i / width) - y, (i % width) - centre];
      if (dy * dy + dx * dx <= square && labels[i] === 0) labels[i] = label;
    }
  }
}

/** Numbers from 1 in the order in which objects begin. */
function renumbered(stack: readonly LabelPlane[]): number[][] {
  const numbers = new Map([[0, 0]]);
  return stack.map(({ labels }) =>
    Array.from(labels, (label) => {
      if (!numbers.has(label)) numbers.set(label, numbers.size);
      return numbers.get(label)!;
    }),
  );
}
