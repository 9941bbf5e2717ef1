import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { applySteps } from '../../../functions/model/engine/apply.ts';
import { mapSource, pixelSource } from '../../../functions/model/engine/pixels.ts';
import { resolveSteps } from '../../../functions/model/engine/statistics.ts';
import { type Operation, readOperation } from '../../../functions/model/package/operations.ts';
import { randomNumbers } from '../../support/models.ts';

const context = { where: 'here', tensor: 'raw', channelAxis: 'channel', channels: 2 };

/** Applies operations to whole channels, as the engine does tile by tile. */
function apply(operations: readonly Operation[], channels: Float32Array[]): Float32Array[] {
  const out = channels.map((channel) => channel.slice());
  applySteps(resolveSteps(operations, mapSource(out)), out, 0, out[0]!.length);
  return out;
}

const one = (kind: string, kwargs: unknown) => [readOperation(kind, kwargs, context)];

interface Fixture {
  shape: number[];
  raw: number[];
  cases: { id: string; kwargs: object; scaled: boolean; expected: number[] }[];
}
/** Written by tests/support/python/preprocessing.py. */
const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/preprocessing.json'), 'utf8'),
);

describe('operations', () => {
  const pixels = fixture.raw.length / 2;
  it.each(fixture.cases)('computes $id $kwargs as bioimageio.core does', ({ id, kwargs, scaled, expected }) => {
    const raw = Float32Array.from(fixture.raw, (value) => (scaled ? Math.fround(value) / 300 : value));
    const channels = apply(one(id, kwargs), [raw.subarray(0, pixels), raw.subarray(pixels)]);
    const own = channels.flatMap((channel) => Array.from(channel));
    // bioimageio.core takes some statistics in float32, so the last bits differ.
    own.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(expected[i]!)));
    });
  });

  it('takes the statistics of a step from what the steps before it leave', () => {
    const clipped = apply(
      [...one('clip', { min: 0, max: 10 }), ...one('scale_range', { axes: ['y', 'x'] })],
      [Float32Array.of(-50, 0, 5, 10, 99), Float32Array.of(0, 1, 2, 3, 4)],
    );
    expect(Array.from(clipped[0]!, (value) => Number(value.toFixed(5)))).toEqual([0, 0, 0.5, 1, 1]);
    expect(Array.from(clipped[1]!, (value) => Number(value.toFixed(5)))).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it('leaves constant planes at zero instead of dividing by nothing', () => {
    const flat = [new Float32Array(5).fill(7), new Float32Array(5).fill(-3)];
    const zeros = [new Float32Array(5), new Float32Array(5)];
    expect(apply(one('zero_mean_unit_variance', { axes: ['y', 'x'] }), flat)).toEqual(zeros);
    expect(apply(one('scale_range', { axes: ['y', 'x'] }), flat)).toEqual(zeros);
  });

  it('keeps a small spread on a large offset', () => {
    const source = Float32Array.from({ length: 100_000 }, (_, i) => 8_000_000 + (i % 2));
    const [out] = apply(one('zero_mean_unit_variance', { axes: ['y', 'x'] }), [source, source]);
    expect([out![0], out![1]]).toEqual([Math.fround(-0.5 / (0.5 + 1e-6)), Math.fround(0.5 / (0.5 + 1e-6))]);
  });

  it.each([50_001, 100_001])('finds exact percentiles of %d values, negative ones too', (length) => {
    const random = randomNumbers(5);
    const values = Float32Array.from({ length }, () => (random() - 0.3) * 1e6);
    const sorted = values.slice().sort();
    const [step] = resolveSteps(one('scale_range', { axes: ['y', 'x'], min_percentile: 2, max_percentile: 90 }), {
      ...mapSource([values]),
    });
    expect(step).toEqual({
      kind: 'standardise',
      mean: [sorted[(length - 1) * 0.02]],
      divisor: [sorted[(length - 1) * 0.9]! - sorted[(length - 1) * 0.02]! + 1e-6],
    });
  });

  it.each([
    ['uint8', Uint8Array, 256],
    ['uint16', Uint16Array, 65_536],
  ] as const)('finds the percentiles of %s samples that the same samples have as floats', (type, Samples, values) => {
    const random = randomNumbers(6);
    const data = Samples.from(Float64Array.from({ length: 300 * 301 }, () => Math.floor(random() ** 3 * values)));
    const plane = { height: 300, width: 301, type, data };
    const operations = [
      ...one('ensure_dtype', { dtype: 'float32' }),
      ...one('scale_range', { axes: ['y', 'x'], min_percentile: 1.3, max_percentile: 99.83 }),
      ...one('scale_range', { axes: ['y', 'x'], min_percentile: 5, max_percentile: 60 }), // of values between 0 and 1
    ];
    const own = resolveSteps(operations, pixelSource([plane], [{ count: 0, fill: 0 }]));
    expect(own).toEqual(resolveSteps(operations, mapSource([Float32Array.from(data)])));
  });

  it('saturates integer types', () => {
    const [out] = apply(one('ensure_dtype', { dtype: 'uint8' }), [Float32Array.of(-4, 0.9, 3.99, 255.5, 1e9)]);
    expect(Array.from(out!)).toEqual([0, 0, 3, 255, 255]);
  });

  it.each([
    ['values for another number of channels', 'scale_linear', { gain: [1, 2, 3], axis: 'channel' }, 'modelBroken'],
    ['values along another axis', 'scale_linear', { gain: [1, 2], axis: 'y' }, 'modelUnsupported'],
    ['a range by another tensor', 'scale_range', { reference_tensor: 'other' }, 'modelUnsupported'],
    ['percentiles the wrong way round', 'scale_range', { min_percentile: 60, max_percentile: 40 }, 'modelBroken'],
    ['a clip without limits', 'clip', {}, 'modelBroken'],
    ['fixed statistics without values', 'zero_mean_unit_variance', { mode: 'fixed' }, 'modelBroken'],
    ['softmax over space', 'softmax', { axis: 'x' }, 'modelUnsupported'],
    ['an unknown type', 'ensure_dtype', { dtype: 'complex64' }, 'modelBroken'],
    ['a name of an object method', 'toString', {}, 'modelUnsupported'],
    ['scaling by another tensor', 'scale_mean_variance', { reference_tensor: 'raw' }, 'modelUnsupported'],
  ])('refuses %s', (_what, id, kwargs, code) => {
    expect(() => readOperation(id, kwargs, context)).toThrow(expect.objectContaining({ code }));
  });
});
