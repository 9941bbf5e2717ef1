import type { SampleArray } from '../../image/image.ts';
import type { PixelRuns, RegionSamples, Statistics } from '../../ports/predictor.ts';

/** Statistics that grow plane by plane: a region may have pixels on several. */
export interface Accumulator {
  /** Samples of one plane, one a pixel, and which of them belong to which region. */
  add(samples: SampleArray, runs: PixelRuns): void;
  finish(): Statistics;
  /** Of the plane that was added last, of a region in any order. */
  samples(): RegionSamples;
}

/**
 * Statistics of `count` regions, as scikit-image's regionprops and numpy define them; samples that are not finite are left
 * out. It holds a copy of the regions' samples (no others), in their own type, for the medians.
 */
export function accumulator(count: number): Accumulator {
  const column = (): Float64Array => new Float64Array(count);
  const [n, origin, sum, squares] = [column(), column(), column(), column()];
  const min = column().fill(Infinity);
  const max = column().fill(-Infinity);
  const planes: RegionSamples[] = [];
  return {
    add(samples, { start, end, of }) {
      const { values, from, to } = spaceFor(samples, { start, end, of }, count);
      const data =
        samples instanceof BigUint64Array || samples instanceof BigInt64Array
          ? Float64Array.from(samples, Number)
          : samples;
      for (let r = 0; r < start.length; r++) {
        const i = of[r]!;
        let [pixels, total, square, least, most, at] = [n[i]!, sum[i]!, squares[i]!, min[i]!, max[i]!, to[i]!];
        let first = origin[i]!;
        for (let p = start[r]!; p < end[r]!; p++) {
          const value = data[p]!;
          if (value - value !== 0) continue;
          if (pixels === 0) first = value; // differences to the first sample: no cancellation in the variance
          const d = value - first;
          pixels++;
          total += d;
          square += d * d;
          if (value < least) least = value;
          if (value > most) most = value;
          values[at++] = value;
        }
        n[i] = pixels;
        origin[i] = first;
        sum[i] = total;
        squares[i] = square;
        min[i] = least;
        max[i] = most;
        to[i] = at;
      }
      planes.push({ values, from, to });
    },
    finish() {
      const of = (value: (i: number) => number): Float64Array =>
        Float64Array.from({ length: count }, (_, i) => (n[i] === 0 ? Number.NaN : value(i)));
      return {
        samples: n,
        mean: of((i) => origin[i]! + sum[i]! / n[i]!),
        min: of((i) => min[i]!),
        max: of((i) => max[i]!),
        std: of((i) => Math.sqrt(Math.max(0, squares[i]! / n[i]! - (sum[i]! / n[i]!) ** 2))),
        sum: of((i) => n[i]! * origin[i]! + sum[i]!),
        median: of((i) => medianOf(planes, i, n[i]!)),
      };
    },
    samples: () => planes.at(-1)!,
  };
}

/** Space for the samples of each region, empty yet: `to` moves as it is filled. */
function spaceFor(samples: SampleArray, { start, end, of }: PixelRuns, count: number): RegionSamples {
  const from = new Uint32Array(count);
  for (let r = 0; r < start.length; r++) from[of[r]!]! += end[r]! - start[r]!;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const pixels = from[i]!;
    from[i] = total;
    total += pixels;
  }
  const Samples = (
    samples instanceof BigUint64Array || samples instanceof BigInt64Array ? Float64Array : samples.constructor
  ) as new (
    length: number,
  ) => RegionSamples['values'];
  return { values: new Samples(total), from, to: from.slice() };
}

function medianOf(planes: readonly RegionSamples[], region: number, n: number): number {
  const [first] = planes;
  let sorted: RegionSamples['values'];
  if (planes.length === 1) sorted = first!.values.subarray(first!.from[region]!, first!.to[region]!).sort();
  else {
    sorted = new Float64Array(n);
    let at = 0;
    for (const { values, from, to } of planes) {
      sorted.set(values.subarray(from[region]!, to[region]!), at);
      at += to[region]! - from[region]!;
    }
    sorted.sort();
  }
  const half = n >> 1;
  return n % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
