import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { legalSize, planTiles, type TileRules } from '../../../functions/model/engine/tiles.ts';

const free: TileRules = { y: { min: 16, step: 8 }, x: { min: 16, step: 8 }, square: false, halo: 8, target: 64 };
const fixed: TileRules = { y: { min: 64, step: 0 }, x: { min: 64, step: 0 }, square: false, halo: 8, target: 512 };

describe('planTiles', () => {
  it('takes the smallest legal tile for a small plane', () => {
    expect(planTiles(1, 17, free)).toEqual({
      height: 16,
      width: 24,
      y: { tile: 16, spans: [{ start: 0, from: 0, to: 1 }] },
      x: { tile: 24, spans: [{ start: 0, from: 0, to: 17 }] },
    });
  });

  it('balances the tiles of a plane that needs several', () => {
    expect(planTiles(64, 100, free).x).toEqual({
      tile: 64,
      spans: [
        { start: 0, from: 0, to: 52 },
        { start: 40, from: 52, to: 100 },
      ],
    });
  });

  it('keeps to the size of a fixed model', () => {
    expect(planTiles(10, 100, fixed)).toMatchObject({
      height: 64,
      width: 64,
      y: { spans: [{ start: 0, from: 0, to: 10 }] },
      x: {
        spans: [
          { start: 0, from: 0, to: 56 },
          { start: 48, from: 56, to: 100 },
        ],
      },
    });
  });

  it('keeps tiles square where the model wants that', () => {
    const plan = planTiles(20, 100, { ...free, square: true });
    expect([plan.height, plan.width]).toEqual([64, 64]);
  });

  it('wastes little: 4096 x 4096 in tiles of about 1024 with a halo of 32', () => {
    const rules = { ...free, y: { min: 64, step: 16 }, x: { min: 64, step: 16 }, halo: 32, target: 1024 };
    const { height, width, y, x } = planTiles(4096, 4096, rules);
    expect([height, width, y.spans.length, x.spans.length]).toEqual([880, 880, 5, 5]);
  });

  it('covers every plane once, with a whole halo around each kept part, on the grid of the model', () => {
    const rule = fc.oneof(
      fc.record({ min: fc.integer({ min: 1, max: 40 }), step: fc.integer({ min: 1, max: 24 }) }),
      fc.record({ min: fc.constantFrom(48, 64, 96), step: fc.constant(0) }),
    );
    const grid = fc.constantFrom(1, 2, 4);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        rule,
        fc.integer({ min: 0, max: 15 }),
        grid,
        (length, any, h, g) => {
          const y = { min: g * any.min, step: g * any.step };
          const halo = g * h;
          const { y: plan } = planTiles(length, 1, { ...free, y, halo, grid: g });
          const { tile, spans } = plan;
          expect(legalSize(tile, y)).toBe(tile);
          const stride = y.step === 0 ? 16 : y.step;
          let covered = 0;
          spans.forEach(({ start, from, to }, i) => {
            expect(from).toBe(covered);
            expect(from % g).toBe(0);
            expect(to).toBeGreaterThan(from);
            expect(start % stride).toBe(0);
            expect(from - start).toBeGreaterThanOrEqual(i === 0 ? 0 : halo);
            expect(start + tile - to).toBeGreaterThanOrEqual(i === spans.length - 1 ? 0 : halo);
            covered = to;
          });
          expect(covered).toBe(length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
