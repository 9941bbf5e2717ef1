import type { Bound, Operation } from '../package/operations.ts';
import { applySteps, type Step } from './apply.ts';

/** Pixels of one plane in all channels, as float32, chunk by chunk: a float copy of the whole plane is never made. */
export interface PixelSource {
  channels: number;
  pixels: number;
  /** Writes pixels [start, start + length) of one channel to the front of `out`. */
  read(channel: number, start: number, length: number, out: Float32Array): void;
  /** Of a channel of whole numbers of few values: how many samples have each value, 0 first. Undefined for others. */
  histogram?(channel: number): Uint32Array | undefined;
}

/** 64 kB a channel: stays in the second-level cache between the passes over a chunk. */
const chunkPixels = 16384;

/**
 * Settles every statistic over the source, in order: each sees the values that the steps before it leave. `input`: the
 * pixels as they were given, for outputs that are matched to them.
 */
export function resolveSteps(operations: readonly Operation[], source: PixelSource, input = source): Step[] {
  const steps: Step[] = [];
  for (const operation of operations) steps.push(resolve(operation, steps, source, input));
  return steps;
}

function resolve(operation: Operation, before: readonly Step[], source: PixelSource, input: PixelSource): Step {
  switch (operation.kind) {
    case 'matchInput': {
      const { joint, eps } = operation;
      const wanted = moments(input, [], joint);
      const matched = moments(source, before, joint).map(({ mean, std }, i) => {
        const to = wanted[wanted.length === 1 ? 0 : i]!;
        const gain = (to.std + eps) / (std + eps);
        return { gain, offset: to.mean - mean * gain };
      });
      return { kind: 'affine', gain: matched.map(({ gain }) => gain), offset: matched.map(({ offset }) => offset) };
    }
    case 'zeroMean': {
      const found = moments(source, before, operation.joint);
      return {
        kind: 'standardise',
        mean: found.map(({ mean }) => mean),
        divisor: found.map(({ std }) => std + operation.eps),
      };
    }
    case 'scaleRange': {
      const [low, high] = percentiles(source, before, operation.joint, [operation.low, operation.high], 'linear') as [
        number[],
        number[],
      ];
      return { kind: 'standardise', mean: low, divisor: low.map((value, i) => high[i]! - value + operation.eps) };
    }
    case 'clipPercentile': {
      const limit = (bound: Bound, none: number): number[] => {
        if (bound === undefined) return [none];
        return 'value' in bound
          ? [bound.value]
          : percentiles(source, before, operation.joint, [bound.percentile], 'inverted_cdf')[0]!;
      };
      return { kind: 'clip', min: limit(operation.low, -Infinity), max: limit(operation.high, Infinity) };
    }
    default:
      return operation;
  }
}

/** Calls `visit` with each channel's values, chunk after chunk. */
function eachChunk(
  source: PixelSource,
  steps: readonly Step[],
  visit: (values: Float32Array, length: number, channel: number) => void,
): void {
  const buffers = Array.from({ length: source.channels }, () => new Float32Array(Math.min(chunkPixels, source.pixels)));
  for (let start = 0; start < source.pixels; start += chunkPixels) {
    const length = Math.min(chunkPixels, source.pixels - start);
    buffers.forEach((buffer, channel) => void source.read(channel, start, length, buffer));
    applySteps(steps, buffers, 0, length);
    buffers.forEach((buffer, channel) => void visit(buffer, length, channel));
  }
}

/** Mean and population standard deviation. Chunks are merged as Chan, Golub and LeVeque (1983) do: no cancellation, whatever the offset. */
function moments(source: PixelSource, steps: readonly Step[], joint: boolean): { mean: number; std: number }[] {
  const groups = Array.from({ length: joint ? 1 : source.channels }, () => ({ n: 0, mean: 0, m2: 0 }));
  eachChunk(source, steps, (values, length, channel) => {
    const group = groups[joint ? 0 : channel]!;
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[i]!;
    const mean = sum / length;
    let m2 = 0;
    for (let i = 0; i < length; i++) {
      const d = values[i]! - mean;
      m2 += d * d;
    }
    const n = group.n + length;
    const delta = mean - group.mean;
    group.m2 += m2 + (delta * delta * group.n * length) / n;
    group.mean += (delta * length) / n;
    group.n = n;
  });
  return groups.map(({ n, mean, m2 }) => ({ mean, std: Math.sqrt(m2 / n) }));
}

/**
 * Percentiles (0 to 100) of each group, exact: two counting passes over the sortable bits of the float32 values, upper
 * then lower half. `linear` and `inverted_cdf` are numpy's methods of those names. By percentile, then by group.
 */
function percentiles(
  source: PixelSource,
  steps: readonly Step[],
  joint: boolean,
  percents: readonly number[],
  method: 'linear' | 'inverted_cdf',
): number[][] {
  const groups = joint ? 1 : source.channels;
  const n = source.pixels * (joint ? source.channels : 1);
  const positions = percents.map((percent) =>
    method === 'linear' ? (percent / 100) * (n - 1) : Math.max(0, Math.ceil((percent / 100) * n) - 1),
  );
  if (n <= fewValues) {
    const sorted = sortedValues(source, steps, joint);
    return positions.map((position) => sorted.map((values) => interpolate(values, position)));
  }
  const ranks = positions.flatMap((position) => [Math.floor(position), Math.min(Math.floor(position) + 1, n - 1)]);
  const counted = wholeNumbers(source, steps, joint);
  if (counted) return between(positions, groups, (group, k) => locate(counted[group]!, ranks[k]!).bin);

  const upper = Array.from({ length: groups }, () => new Uint32Array(65536));
  eachChunk(source, steps, (values, length, channel) => {
    const counts = upper[joint ? 0 : channel]!;
    const bits = new Int32Array(values.buffer, 0, length);
    for (let i = 0; i < length; i++) counts[sortable(bits[i]!) >>> 16]!++;
  });
  const wanted = upper.map((counts) => ranks.map((rank) => locate(counts, rank)));
  const lower = wanted.map((found) => lowerCounters(found.map(({ bin }) => bin)));
  eachChunk(source, steps, (values, length, channel) => {
    const { slots, counts } = lower[joint ? 0 : channel]!;
    const bits = new Int32Array(values.buffer, 0, length);
    for (let i = 0; i < length; i++) {
      const key = sortable(bits[i]!);
      const slot = slots[key >>> 16]!;
      if (slot !== 0) counts[slot * 65536 + (key & 0xffff)]!++;
    }
  });
  const valueAt = (group: number, k: number): number => {
    const { bin, rest } = wanted[group]![k]!;
    const { slots, counts } = lower[group]!;
    const slot = slots[bin]!;
    return valueOfBits(bin * 65536 + locate(counts.subarray(slot * 65536, (slot + 1) * 65536), rest).bin);
  };
  return between(positions, groups, valueAt);
}

/** Each position's value between those of the ranks 2 p and 2 p + 1, by group. */
const between = (
  positions: readonly number[],
  groups: number,
  valueAt: (group: number, k: number) => number,
): number[][] =>
  positions.map((position, p) =>
    Array.from({ length: groups }, (_, group) => {
      const low = valueAt(group, 2 * p);
      return low + (valueAt(group, 2 * p + 1) - low) * (position - Math.floor(position));
    }),
  );

/** Histograms of the groups where no step has changed the samples: one pass instead of two, and no copy as float32. */
function wholeNumbers(source: PixelSource, steps: readonly Step[], joint: boolean): Uint32Array[] | undefined {
  const unchanged = steps.every((step) => step.kind === 'cast' && step.dtype.startsWith('float'));
  if (!unchanged || !source.histogram || (joint && source.channels > 1)) return undefined;
  const found: Uint32Array[] = [];
  for (let channel = 0; channel < source.channels; channel++) {
    const counts = source.histogram(channel);
    if (!counts) return undefined;
    found.push(counts);
  }
  return found;
}

/** Up to here sorting is cheaper than clearing the counters. */
const fewValues = 65536;

function sortedValues(source: PixelSource, steps: readonly Step[], joint: boolean): Float32Array[] {
  const pixels = source.pixels;
  const [groups, each] = joint ? [1, pixels * source.channels] : [source.channels, pixels];
  const all = Array.from({ length: groups }, () => new Float32Array(each));
  const filled = all.map(() => 0);
  eachChunk(source, steps, (values, length, channel) => {
    const group = joint ? 0 : channel;
    all[group]!.set(values.subarray(0, length), filled[group]!);
    filled[group]! += length;
  });
  return all.map((values) => values.sort());
}

function interpolate(values: Float32Array, position: number): number {
  const low = values[Math.floor(position)]!;
  const high = values[Math.min(Math.floor(position) + 1, values.length - 1)]!;
  return low + (high - low) * (position - Math.floor(position));
}

/** Counters for the lower halves of some upper halves: `slots` says which of them belongs to each, 0 for none. */
function lowerCounters(bins: readonly number[]): { slots: Uint8Array; counts: Uint32Array } {
  const slots = new Uint8Array(65536);
  let used = 0;
  for (const bin of bins) if (slots[bin] === 0) slots[bin] = ++used;
  return { slots, counts: new Uint32Array((used + 1) * 65536) };
}

/** The bin that holds the value of this rank, and the rank within it. */
function locate(counts: Uint32Array, rank: number): { bin: number; rest: number } {
  let rest = rank;
  for (let bin = 0; bin < counts.length; bin++) {
    if (rest < counts[bin]!) return { bin, rest };
    rest -= counts[bin]!;
  }
  throw new RangeError(`rank ${rank} is not among the counted values`);
}

/** Float order as unsigned order: negative values have all bits turned, others the sign bit. */
const sortable = (bits: number): number => (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;

function valueOfBits(sortable: number): number {
  const raw = sortable >= 0x80000000 ? sortable ^ 0x80000000 : ~sortable;
  return new Float32Array(Uint32Array.of(raw).buffer)[0]!;
}
