import { describe, expect, it } from '@jest/globals';
import { firstNewObject, type LabelPlane } from '../../../functions/core/edited-labels.ts';
import { connectedFrom } from '../../../web/viewer/correct/shapes.ts';
import { uncertainPlaces } from '../../../web/viewer/correct/uncertain.ts';
import type { ForegroundMap } from '../../../web/viewer/worker/foreground-map.ts';
import { mapWork } from '../../../web/viewer/worker/map-work.ts';
import { randomNumbers } from '../../support/models.ts';

/** A letter a pixel: 0 far below the threshold, a to e ever nearer, f and g above it, h far above. */
const bytes: Record<string, number> = { 0: 0, a: 32, b: 63, c: 64, d: 96, e: 127, f: 128, g: 192, h: 255 };

const plane = (rows: string[]): LabelPlane => ({
  ...{ height: rows.length, width: rows[0]!.length },
  labels: Uint32Array.from(rows.flatMap((row) => [...row].map(Number))),
});

/** Its rows two at a time. */
async function* mapRows(rows: string[]) {
  for (let top = 0; top < rows.length; top += 2)
    yield { top, bytes: Uint8Array.from([...rows.slice(top, top + 2).join('')].map((letter) => bytes[letter]!)) };
}

const labels = [
  '11000000000', //
  '11000220000',
  '00000220000',
  '00000000000',
  '33300000000',
  '33300000000',
];
const map = [
  'hh000000000', //
  'hhd00fg00ee',
  '00000gf00ed',
  '0000000000d',
  'hhh0bb00ccc',
  'hhf0bb00c0c',
];

describe('places of which a model is not sure', () => {
  it('are objects and places without one, the least certain first', async () => {
    const found = await uncertainPlaces(plane(labels), mapRows(map));
    expect(found).toEqual([
      {
        object: 2,
        pixel: { x: 5, y: 1 },
        box: { left: 5, top: 1, right: 6, bottom: 2 },
        uncertainty: (2 + 2 * (63 / 127)) / 4,
      },
      {
        object: 0,
        pixel: { x: 9, y: 1 },
        box: { left: 8, top: 1, right: 10, bottom: 5 },
        uncertainty: (3 + (2 * 96) / 127 + (5 * 64) / 127) / 10,
      },
      { object: 3, pixel: { x: 0, y: 4 }, box: { left: 0, top: 4, right: 2, bottom: 5 }, uncertainty: 1 / 6 },
      { object: 1, pixel: { x: 0, y: 0 }, box: { left: 0, top: 0, right: 1, bottom: 1 }, uncertainty: 0 },
    ]);
  });

  it('leave out what is below half of the threshold, touches an object, is small, or was added by hand', async () => {
    const own = plane(labels);
    own.labels.forEach((label, i) => {
      if (label === 3) own.labels[i] = firstNewObject + 3;
    });
    const found = await uncertainPlaces(own, mapRows(map.map((row) => `${row.slice(0, 8)}0${row.slice(9, 10)}0`)));
    expect(found.map(({ object }) => object)).toEqual([2, 1]);
  });

  it('are equal ones from above, and from the left', async () => {
    const found = await uncertainPlaces(plane(['2020', '0000', '0505']), mapRows(['h0h0', '0000', '0h0h']));
    expect(found.map(({ object }) => object)).toEqual([2, 5]); // each object once, wherever its pixels are
    const apart = await uncertainPlaces(plane(['7060', '0000', '0508']), mapRows(['h0h0', '0000', '0h0h']));
    expect(apart.map(({ object }) => object)).toEqual([7, 6, 5, 8]);
  });
});

describe('places without an object', () => {
  const [width, height] = [40, 30];
  const box = { left: 0, top: 0, right: width - 1, bottom: height - 1 };

  it.each([0.2, 0.4, 0.5, 0.6])('are all that is connected, of noise of which %d is seen', async (share) => {
    const random = randomNumbers(Math.round(100 * share));
    const seen = Uint8Array.from({ length: width * height }, () => (random() < share ? 64 + 191 * random() : 0));
    const noise = { width, height, labels: new Uint32Array(width * height) };
    noise.labels[35 * 20] = 7;
    async function* rows() {
      for (let top = 0; top < height; top += 7)
        yield { top, bytes: seen.subarray(top * width, Math.min(height, top + 7) * width) };
    }
    const found = await uncertainPlaces(noise, rows());
    const expected = new Map<string, number>();
    const known = new Set<number>();
    for (const [start, byte] of seen.entries()) {
      if (known.has(start) || byte < 64 || noise.labels[start] !== 0) continue;
      const pixels = connectedFrom(box, [start], (index) => seen[index]! >= 64 && noise.labels[index] === 0);
      for (const pixel of pixels) known.add(pixel);
      const beside = pixels.some((pixel) => neighbours(pixel).some((other) => noise.labels[other] === 7));
      if (pixels.length < 4 || beside) continue;
      const [xs, ys] = [pixels.map((pixel) => pixel % width), pixels.map((pixel) => Math.floor(pixel / width))];
      const edges = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
      expected.set(`${edges}`, Math.max(...pixels.map((pixel) => seen[pixel]!)));
    }
    const places = found.filter(({ object }) => object === 0);
    expect(places.length).toBeGreaterThan(0);
    expect(
      new Map(
        places.map(({ box: { left, top, right, bottom }, pixel }) => [
          `${[left, top, right, bottom]}`,
          seen[pixel.y * width + pixel.x]!,
        ]),
      ),
    ).toEqual(expected);
  });

  function neighbours(pixel: number): number[] {
    const column = pixel % width;
    const sides = [pixel - width, pixel + width];
    if (column > 0) sides.push(pixel - 1);
    if (column < width - 1) sides.push(pixel + 1);
    return sides;
  }
});

describe('the next place of which a model is not sure', () => {
  const world = () => {
    const own = plane(labels);
    let reads = 0;
    const kept: Pick<ForegroundMap, 'rows'> = {
      rows() {
        reads++;
        return mapRows(map);
      },
    };
    const at = { plane: { position: 0, time: 0, depth: 0 }, labels: own };
    const work = mapWork(kept as ForegroundMap, { plane: () => at as never });
    const next = async (after: number, by: 1 | -1 = 1) => {
      const found = await work.nextUncertain({ after, by });
      return found && [found.number, found.count, found.object];
    };
    return { own, next, reads: () => reads };
  };

  it('is the one after, or before, round and round, and the map is read once', async () => {
    const { next, reads } = world();
    expect([await next(0), await next(1), await next(3), await next(4), await next(1, -1), await next(0, -1)]).toEqual([
      [1, 4, 2],
      [2, 4, 0],
      [4, 4, 1],
      [1, 4, 2],
      [4, 4, 1],
      [4, 4, 1],
    ]);
    expect(reads()).toBe(1);
  });

  it('is none that was deleted or added meanwhile', async () => {
    const { own, next } = world();
    expect(await next(0)).toEqual([1, 4, 2]);
    own.labels.forEach((label, i) => {
      if (label === 2) own.labels[i] = 0;
    });
    own.labels[11 + 9] = firstNewObject;
    expect(await next(0)).toEqual([3, 4, 3]);
    own.labels.fill(0, 44);
    own.labels.fill(0, 0, 15);
    expect(await next(0)).toBeUndefined();
  });
});
