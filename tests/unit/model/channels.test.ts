import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { SampleArray } from '../../../functions/image/image.ts';
import { measureChannel } from '../../../functions/model/measure/channel.ts';
import { objectRuns } from '../../../functions/model/measure/pixel-runs.ts';
import { ringRuns } from '../../../functions/model/measure/ring.ts';
import { accumulator } from '../../../functions/model/measure/statistics.ts';
import type { Background, PixelRuns, Statistics } from '../../../functions/ports/predictor.ts';

type Expected = Record<keyof Statistics, (number | null)[]>;
interface Fixture {
  height: number;
  width: number;
  count: number;
  labels: number[];
  /** By distance. */
  expanded: Record<string, number[]>;
  channels: Record<
    'uint8' | 'uint16' | 'float32',
    { image: (number | string)[]; objects: Expected; rings: Record<string, Expected>; background: Background }
  >;
}
/** Written by tests/support/python/channels.py. */
const fixture: Fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/channels.json'), 'utf8'));
const { height, width, count } = fixture;
const labels = Uint32Array.from(fixture.labels);
const types = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };
const number = (value: number | string): number => (value === 'inf' ? Infinity : Number(value));
const samplesOf = (kind: keyof typeof types): SampleArray => new types[kind](fixture.channels[kind].image.map(number));

/** Each pixel's region, plus one; 0 where it belongs to none. */
function painted({ start, end, of }: PixelRuns, pixels: number): number[] {
  const out = new Array<number>(pixels).fill(0);
  of.forEach((region, r) => void out.fill(region + 1, start[r], end[r]));
  return out;
}

function expectClose(own: Statistics, expected: Expected): void {
  for (const [name, values] of Object.entries(expected) as [keyof Statistics, (number | null)[]][])
    values.forEach((value, i) => {
      const got = own[name][i]!;
      if (value === null) expect([name, i, got]).toEqual([name, i, Number.NaN]);
      else expect(Math.abs(got - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
    });
}

describe('the ring around objects', () => {
  it.each(Object.keys(fixture.expanded))('of %s px holds what expand_labels adds', (distance) => {
    const ring = painted(ringRuns(labels, height, width, Number(distance)), labels.length);
    const expected = fixture.expanded[distance]!.map((label, i) => (labels[i] === 0 ? label : 0));
    expect(ring).toEqual(expected);
  });

  it('starts anew in each row', () => {
    const { start, end, of } = ringRuns(Uint32Array.of(1, 0, 0, 0, 0, 2), 2, 3, 1);
    expect(Array.from(start, (from, r) => [from, end[r], of[r]])).toEqual([
      [1, 2, 0],
      [2, 3, 1],
      [3, 4, 0],
      [4, 5, 1],
    ]);
  });
});

describe('a channel', () => {
  const objects = objectRuns(labels, height, width);
  const kinds = Object.keys(types) as (keyof typeof types)[];

  it.each(kinds)('of %s is measured in objects as regionprops and numpy do', (kind) => {
    const measured = measureChannel({
      plane: { data: samplesOf(kind) },
      regions: { count, objects },
      background: true,
    });
    expectClose(measured.objects, fixture.channels[kind].objects);
    expect(measured.rings).toBeUndefined();
    expect(measured.background!.level).toBe(fixture.channels[kind].background.level);
    expect(measured.background!.sigma).toBeCloseTo(fixture.channels[kind].background.sigma, 9);
  });

  it.each(kinds.flatMap((kind) => Object.keys(fixture.expanded).map((distance) => ({ kind, distance }))))(
    'of $kind is measured in rings of $distance px as in the pixels that expand_labels adds',
    ({ kind, distance }) => {
      const rings = ringRuns(labels, height, width, Number(distance));
      const regions = { count, objects, rings };
      const measured = measureChannel({ plane: { data: samplesOf(kind) }, regions, background: false });
      expectClose(measured.rings!, fixture.channels[kind].rings[distance]!);
      expect(measured.background).toBeUndefined();
    },
  );

  it('is measured over several planes as over one that holds all their pixels', () => {
    const half = (height / 2) * width;
    const data = samplesOf('uint16');
    const all = accumulator(count);
    for (const from of [0, half])
      all.add(data.slice(from, from + half), objectRuns(labels.slice(from, from + half), height / 2, width));
    expectClose(all.finish(), fixture.channels.uint16.objects);
  });

  it('has no background where objects fill the plane', () => {
    const regions = { count: 1, objects: objectRuns(Uint32Array.of(1, 1), 1, 2) };
    const { background } = measureChannel({ plane: { data: Uint8Array.of(1, 2) }, regions, background: true });
    expect(background).toEqual({ level: Number.NaN, sigma: Number.NaN });
  });

  it.each([
    ['equal values', Float64Array.from({ length: 200_000 }, () => 2.5), { level: 2.5, sigma: 0 }],
    [
      'many values',
      Float64Array.from({ length: 200_001 }, (_, i) => ((i * 7919) % 200_001) - 100_000),
      { level: 0, sigma: 1.482602218505602 * 50_000 },
    ],
    ['both signs of zero', Float64Array.of(-0, 0, -0, 0), { level: 0, sigma: 0 }],
    ['integers of 64 bits', BigInt64Array.of(-5n, 0n, 5n, 1n << 40n), { level: 2.5, sigma: 1.482602218505602 * 5 }],
  ] as [string, SampleArray, Background][])('has a background of %s', (_, data, expected) => {
    const regions = { count: 0, objects: objectRuns(new Uint32Array(data.length), 1, data.length) };
    expect(measureChannel({ plane: { data }, regions, background: true }).background).toEqual(expected);
  });
});
