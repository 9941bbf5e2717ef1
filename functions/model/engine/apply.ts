import type { Dtype, Operation } from '../package/operations.ts';

/** An operation whose statistics are known: each sample depends on its own value alone (softmax: on its pixel's). */
export type Step = Exclude<Operation, { kind: 'zeroMean' | 'scaleRange' | 'clipPercentile' | 'matchInput' }>;

const withStatistics: readonly Operation['kind'][] = ['zeroMean', 'scaleRange', 'clipPercentile', 'matchInput'];

export const needsStatistics = ({ kind }: Operation): boolean => withStatistics.includes(kind);

/** Integer types take the integer part and saturate; numpy leaves what is out of range undefined. 64-bit limits are those of exact doubles. */
const integerRange: Partial<Record<Dtype, [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 4294967295],
  int32: [-2147483648, 2147483647],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** Applies steps in place to samples [from, to) of each channel. Every step rounds to float32, as numpy would. */
export function applySteps(steps: readonly Step[], channels: readonly Float32Array[], from: number, to: number): void {
  for (const step of steps) {
    if (step.kind === 'softmax') softmax(channels, from, to);
    else channels.forEach((data, channel) => void applyStep(step, data, channel, from, to));
  }
}

const pick = (values: readonly number[], channel: number): number => values[values.length === 1 ? 0 : channel]!;

function applyStep(
  step: Exclude<Step, { kind: 'softmax' }>,
  data: Float32Array,
  channel: number,
  from: number,
  to: number,
) {
  switch (step.kind) {
    case 'affine': {
      const gain = pick(step.gain, channel);
      const offset = pick(step.offset, channel);
      for (let i = from; i < to; i++) data[i] = data[i]! * gain + offset;
      return;
    }
    case 'standardise': {
      const mean = pick(step.mean, channel);
      const divisor = pick(step.divisor, channel);
      for (let i = from; i < to; i++) data[i] = (data[i]! - mean) / divisor;
      return;
    }
    case 'clip': {
      const min = pick(step.min, channel);
      const max = pick(step.max, channel);
      for (let i = from; i < to; i++) {
        const value = data[i]!;
        if (value < min) data[i] = min;
        else if (value > max) data[i] = max;
      }
      return;
    }
    case 'binarize': {
      const threshold = pick(step.threshold, channel);
      for (let i = from; i < to; i++) {
        const value = data[i]!;
        data[i] = value > threshold ? 1 : value <= threshold ? 0 : value; // NaN stays, to be refused
      }
      return;
    }
    case 'sigmoid':
      for (let i = from; i < to; i++) data[i] = 1 / (1 + Math.exp(-data[i]!));
      return;
    case 'cast':
      cast(step.dtype, data, from, to);
  }
}

function cast(dtype: Dtype, data: Float32Array, from: number, to: number): void {
  if (dtype === 'bool') for (let i = from; i < to; i++) data[i] = data[i] === 0 ? 0 : 1;
  const range = integerRange[dtype];
  if (!range) return; // floats: samples are float32 throughout
  const [min, max] = range;
  for (let i = from; i < to; i++) data[i] = Math.max(min, Math.min(max, Math.trunc(data[i]!)));
}

function softmax(channels: readonly Float32Array[], from: number, to: number): void {
  const exponentials = new Float64Array(channels.length);
  for (let i = from; i < to; i++) {
    let highest = -Infinity;
    for (const data of channels) highest = Math.max(highest, data[i]!);
    let sum = 0;
    for (let c = 0; c < channels.length; c++) sum += exponentials[c] = Math.exp(channels[c]![i]! - highest);
    for (let c = 0; c < channels.length; c++) channels[c]![i] = exponentials[c]! / sum;
  }
}
