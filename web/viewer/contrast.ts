import { brightest, darkest } from '../../functions/image/picture-style.ts';

/** What is known of the samples of a channel, from a part of them. */
export interface ChannelSamples {
  least: number;
  most: number;
  /** Black and white as a picture of it is usually shown. */
  low: number;
  high: number;
  /** How many samples are in each of equal bins from `least` to `most`. */
  bins: number[];
}

const binCount = 128;
/** Of more samples, every so-and-so-many one is taken: their shares are the same, and sorting all takes a second. */
const mostSorted = 1 << 16;

/** Describes samples, of which those that are not finite are left out. */
export function describeSamples(samples: ArrayLike<number>): ChannelSamples {
  const finite = someFinite(samples).sort();
  if (finite.length === 0) return { least: 0, most: 1, low: 0, high: 1, bins: new Array<number>(binCount).fill(0) };
  const least = finite[0]!;
  const most = finite.at(-1)!;
  const bins = new Array<number>(binCount).fill(0);
  const width = (most - least) / binCount || 1;
  for (const value of finite) bins[Math.min(binCount - 1, Math.floor((value - least) / width))]!++;
  const low = atShare(finite, darkest);
  const high = atShare(finite, brightest);
  return high > low
    ? { least, most, low, high, bins }
    : { least, most, low: least, high: Math.max(most, least + 1), bins };
}

function someFinite(samples: ArrayLike<number>): Float64Array {
  const step = Math.max(1, Math.ceil(samples.length / mostSorted));
  const found = new Float64Array(Math.ceil(samples.length / step));
  let count = 0;
  for (let i = 0; i < samples.length; i += step) if (Number.isFinite(samples[i])) found[count++] = samples[i]!;
  return found.subarray(0, count);
}

/** The value below which a share of sorted samples is. */
const atShare = (sorted: Float64Array, share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;

/** Brightness 0 to 1 of a sample. */
export const brightnessOf = (value: number, low: number, high: number): number =>
  value > low ? (value < high ? (value - low) / (high - low) : 1) : 0;

/** Black and white after one of them was moved: black stays below white, by the smallest step at least. */
export function withBound(
  { low, high }: { low: number; high: number },
  bound: 'low' | 'high',
  value: number,
  step: number,
): { low: number; high: number } {
  return bound === 'low'
    ? { low: value, high: Math.max(high, value + step) }
    : { low: Math.min(low, value - step), high: value };
}

/** How far a bound moves with one step of its slider: a whole number where samples are, and a 1000th of their range else. */
export const stepOf = (type: string, { least, most }: Pick<ChannelSamples, 'least' | 'most'>): number =>
  type.startsWith('float') ? (most - least) / 1000 || 1 : Math.max(1, Math.round((most - least) / 1000));
