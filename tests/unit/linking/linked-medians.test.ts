import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import type { SampleArray } from '../../../functions/image/image.ts';
import { addSamplesOf, mediansOf, noMedians } from '../../../functions/linking/linked-medians.ts';
import { accumulator } from '../../../functions/model/measure/statistics.ts';
import type { RegionSamples } from '../../../functions/ports/predictor.ts';

/** Samples of a plane of two objects: the left half and the right one. */
function halves(data: SampleArray): RegionSamples {
  const middle = data.length / 2;
  const all = accumulator(2);
  const [start, end, of] = [
    [0, middle],
    [middle, 2 * middle],
    [0, 1],
  ].map((values) => Uint32Array.from(values));
  all.add(data, { start: start!, end: end!, of: of! });
  return all.samples();
}

/** As the plane before last numbered them: the right object begins first. */
const numbers = Uint32Array.of(2, 1);

/** Of the middle values in sorted order, as numpy defines it. */
function expected(values: number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const arrays = { Uint8Array, Int8Array, Uint16Array, Int16Array, Int32Array, Float16Array, Float32Array, Float64Array };

describe('medians of objects through a stack', () => {
  it.each(Object.entries(arrays))('are exact of a few samples and of very many (%s)', (_, Samples) => {
    for (const pixels of [6, 100_002]) {
      const linked = noMedians();
      const planes = [0, 1, 2].map((z) =>
        Samples.from(Array.from({ length: pixels }, (_, i) => ((i * 7919 + z * 31) % 249) - 124)),
      );
      planes.forEach((plane, z) => void addSamplesOf(linked, halves(plane), numbers, z));
      const of = (from: number, to: number) => expected(planes.flatMap((plane) => [...plane.subarray(from, to)]));
      expect([...mediansOf(linked, 2)]).toEqual([of(pixels / 2, pixels), of(0, pixels / 2)]);
    }
  });

  it('are of 64-bit integers too', () => {
    const linked = noMedians();
    addSamplesOf(linked, halves(BigInt64Array.of(-5n, 7n, 1n << 40n, 3n)), numbers, 0);
    expect([...mediansOf(linked, 2)]).toEqual([2 ** 39 + 1.5, 1]);
  });

  it('leave out samples that are not finite, and are none where no sample is', () => {
    const linked = noMedians();
    addSamplesOf(linked, halves(Float32Array.of(Number.NaN, Infinity, 4, Number.NaN)), numbers, 0);
    addSamplesOf(linked, halves(Float32Array.of(-Infinity, Number.NaN, 1, 2)), numbers, 1);
    expect([...mediansOf(linked, 3)]).toEqual([2, Number.NaN, Number.NaN]);
  });

  it('join an object that one plane misses, and let go of its samples once two do', () => {
    const linked = noMedians();
    const one = (values: number[], depth: number, number: number) => {
      const { values: all, ...at } = halves(Uint16Array.from([...values, ...values]));
      const sections = { values: all, from: at.from.slice(0, 1), to: at.to.slice(0, 1) };
      addSamplesOf(linked, sections, Uint32Array.of(number), depth);
    };
    one([1, 2, 90], 0, 1);
    addSamplesOf(linked, halves(new Uint16Array(0)), new Uint32Array(0), 1);
    one([80, 85], 2, 1);
    one([7], 3, 2);
    expect([...linked.open.keys()]).toEqual([0, 1]);
    one([8], 4, 2);
    expect([...linked.open.keys()]).toEqual([1]);
    expect([...mediansOf(linked, 2)]).toEqual([80, 7.5]);
  });

  it('are the same when they were stored between two planes', () => {
    const plane = Uint16Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 60_000);
    const [whole, stored] = [noMedians(), noMedians()];
    for (const linked of [whole, stored]) addSamplesOf(linked, halves(plane), numbers, 0);
    const again = deserialize(serialize(stored)) as typeof stored;
    for (const linked of [whole, again]) addSamplesOf(linked, halves(plane.toReversed()), numbers, 1);
    expect(again.open.get(0)!.parts).toEqual([]); // counted, as 600 kB of samples would take more
    expect([...mediansOf(again, 2)]).toEqual([...mediansOf(whole, 2)]);
    expect(mediansOf(whole, 2)[0]).toBe(
      expected([...plane.subarray(150_000), ...plane.toReversed().subarray(150_000)]),
    );
  });
});
