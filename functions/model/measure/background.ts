import type { SampleArray } from '../../image/image.ts';
import type { Background, PixelRuns } from '../../ports/predictor.ts';

/** Median absolute deviation to standard deviation, of a normal distribution: 1 / (sqrt(2) * erfinv(0.5)). */
const perMad = 1.482602218505602;
/** Mean absolute deviation to standard deviation, of a normal distribution: sqrt(pi / 2). */
const perMeanDeviation = Math.sqrt(Math.PI / 2);

/** Calls back with finite values and how often there is each; the same value may come several times. */
type Values = (each: (value: number, times: number) => void) => void;

/**
 * Level and spread of what lies outside all objects of a plane: the median, and the standard deviation that the median
 * absolute deviation stands for; where more than half of the samples are equal, so that it is 0, that of the mean absolute
 * deviation (Iglewicz and Hoaglin 1993). Robust: structures that are no objects, up to half of the area, count little.
 * NaN where there is no such sample. Needs no copy of the samples.
 */
export function backgroundOf(samples: SampleArray, objects: PixelRuns): Background {
  const outside = isSmall(samples) ? countedOutside(samples, objects) : valuesOutside(samples, objects);
  let n = 0;
  outside((_, times) => {
    n += times;
  });
  if (n === 0) return { level: Number.NaN, sigma: Number.NaN };
  const level = middle(outside, n);
  const deviations: Values = (each) => outside((value, times) => each(Math.abs(value - level), times));
  const sigma = perMad * middle(deviations, n);
  if (sigma > 0) return { level, sigma };
  let sum = 0;
  deviations((value, times) => {
    sum += value * times;
  });
  return { level, sigma: (perMeanDeviation * sum) / n };
}

type SmallSamples = Uint8Array | Uint16Array | Int8Array | Int16Array;
const isSmall = (samples: SampleArray): samples is SmallSamples =>
  samples instanceof Uint8Array ||
  samples instanceof Uint16Array ||
  samples instanceof Int8Array ||
  samples instanceof Int16Array;

/** Samples of up to 16 bits are counted once. */
function countedOutside(samples: SmallSamples, objects: PixelRuns): Values {
  const counts = new Uint32Array(1 << 16);
  const lowest = samples instanceof Int8Array || samples instanceof Int16Array ? -(1 << 15) : 0;
  betweenRuns(objects, samples.length, (from, to) => {
    for (let p = from; p < to; p++) counts[samples[p]! - lowest]!++;
  });
  return (each) => {
    for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) each(i + lowest, counts[i]!);
  };
}

const valuesOutside =
  (samples: SampleArray, objects: PixelRuns): Values =>
  (each) =>
    betweenRuns(objects, samples.length, (from, to) => {
      for (let p = from; p < to; p++) {
        const value = Number(samples[p]);
        if (value - value === 0) each(value, 1);
      }
    });

/** The stretches of `length` pixels that no run covers. */
function betweenRuns({ start, end }: PixelRuns, length: number, each: (from: number, to: number) => void): void {
  let from = 0;
  for (let r = 0; r < start.length; r++) {
    if (start[r]! > from) each(from, start[r]!);
    from = end[r]!;
  }
  if (length > from) each(from, length);
}

/** The median as numpy defines it: of an even number of values the mean of the two in the middle. */
function middle(values: Values, n: number): number {
  const upper = nth(values, n >> 1);
  if (n % 2 === 1) return upper;
  let [below, highest] = [0, -Infinity];
  values((value, times) => {
    if (value >= upper) return;
    below += times;
    if (value > highest) highest = value;
  });
  return ((below === n >> 1 ? highest : upper) + upper) / 2;
}

/** So many candidates are sorted. */
const fewEnough = 1 << 16;

/**
 * The value of this rank, from 0: by the 16 highest bits first, then by the next, until few are left. Bits of doubles are in
 * the order of their values once those of negative ones are turned over.
 */
function nth(values: Values, rank: number): number {
  const double = new Float64Array(1);
  const [low, high] = littleEndian ? [0, 1] : [1, 0];
  const words = new Uint32Array(double.buffer);
  const counts = new Uint32Array(1 << 16);
  const known = [0, 0, 0, 0]; // the digits found
  /** Digit of a value, or -1 where it differs from the digits that are known. */
  const digitOf = (value: number, digits: number): number => {
    double[0] = value;
    const negative = words[high]! >>> 31 === 1;
    const upper = negative ? ~words[high]! >>> 0 : (words[high]! | 0x80000000) >>> 0;
    const lower = negative ? ~words[low]! >>> 0 : words[low]!;
    if (digits === 0) return upper >>> 16;
    if (upper >>> 16 !== known[0]) return -1;
    if (digits === 1) return upper & 0xffff;
    if ((upper & 0xffff) !== known[1]) return -1;
    if (digits === 2) return lower >>> 16;
    if (lower >>> 16 !== known[2]) return -1;
    return lower & 0xffff;
  };
  let left = rank;
  for (let digits = 0; digits < 4; digits++) {
    counts.fill(0);
    values((value, times) => {
      const digit = digitOf(value === 0 ? 0 : value, digits); // -0 is 0
      if (digit >= 0) counts[digit]! += times;
    });
    let digit = 0;
    while (left >= counts[digit]!) left -= counts[digit++]!;
    known[digits] = digit;
    if (counts[digit]! > fewEnough) continue;
    const candidates = new Float64Array(counts[digit]!);
    let at = 0;
    values((value, times) => {
      if (digitOf(value === 0 ? 0 : value, digits) !== digit) return;
      candidates.fill(value, at, at + times);
      at += times;
    });
    return candidates.sort()[left]!;
  }
  return doubleOf(known as [number, number, number, number]);
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The value whose four digits are known. */
function doubleOf([first, second, third, fourth]: readonly [number, number, number, number]): number {
  let [upper, lower] = [((first << 16) | second) >>> 0, ((third << 16) | fourth) >>> 0];
  if (upper >>> 31 === 1) upper &= 0x7fffffff;
  else [upper, lower] = [~upper >>> 0, ~lower >>> 0];
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, upper >>> 0);
  view.setUint32(4, lower);
  return view.getFloat64(0);
}
