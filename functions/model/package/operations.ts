import { z } from 'zod';
import { Failure } from '../../core/errors.ts';

/**
 * One step of pre- or postprocessing, as the package states it. Lists have one value a channel, or one value for all.
 * `joint`: statistics over all channels together instead of each channel by itself. All statistics are of one whole plane,
 * of the values as they reach the step.
 */
export type Operation =
  | { kind: 'affine'; gain: number[]; offset: number[] }
  | { kind: 'standardise'; mean: number[]; divisor: number[] }
  | { kind: 'clip'; min: number[]; max: number[] }
  | { kind: 'binarize'; threshold: number[] }
  | { kind: 'sigmoid' }
  | { kind: 'softmax' }
  | { kind: 'cast'; dtype: Dtype }
  | { kind: 'zeroMean'; joint: boolean; eps: number }
  | { kind: 'scaleRange'; joint: boolean; low: number; high: number; eps: number }
  | { kind: 'clipPercentile'; joint: boolean; low: Bound; high: Bound }
  /** Mean and deviation become those of the input as it was given, before its preprocessing. */
  | { kind: 'matchInput'; joint: boolean; eps: number };
/** A limit that is a value, a percentile (0 to 100) or absent. */
export type Bound = { value: number } | { percentile: number } | undefined;

const dtypes = [
  'float16',
  'float32',
  'float64',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'bool',
] as const;
export type Dtype = (typeof dtypes)[number];

/** What a step is read against: its tensor's name, axes and channel count. */
export interface StepContext {
  /** For messages: `inputs[0].preprocessing[1]`. */
  where: string;
  tensor: string;
  channelAxis: string | undefined;
  channels: number;
  /** Of an output: the input that it may be matched to. */
  input?: { id: string; channels: number };
}

const eps = z.number().gt(0).max(0.1).default(1e-6);
const numbers = z.union([z.number(), z.array(z.number()).min(1)]);
const axes = z.union([z.string(), z.array(z.string())]).nullish();
const percentiles = {
  min_percentile: z.number().min(0).lt(100).default(0),
  max_percentile: z.number().gt(1).max(100).default(100),
};
const list = (value: number | number[]): number[] => (Array.isArray(value) ? value : [value]);

/** 0.4 writes axes as one string of letters, 0.5 as a list of names. */
const axisNames = (given: string | string[]): string[] =>
  (typeof given === 'string' ? [...given] : given).map((axis) => ({ b: 'batch', c: 'channel' })[axis] ?? axis);

const parse = <S extends z.ZodType>(schema: S, kwargs: unknown, { where }: StepContext): z.output<S> => {
  const read = schema.safeParse(kwargs ?? {});
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  throw new Failure('modelBroken', { detail: `${[where, 'kwargs', ...issue.path].join('.')}: ${issue.message}` });
};

const unsupported = ({ where }: StepContext, feature: string) =>
  new Failure('modelUnsupported', { detail: `${where}: ${feature}` });

/** Whether channels are reduced together; statistics that leave out y or x have no meaning over tiles and are refused. */
function joint(given: string | string[] | null | undefined, mode: string | undefined, context: StepContext): boolean {
  if (mode === 'per_dataset') throw unsupported(context, 'statistics of a dataset (mode per_dataset)');
  if (given === undefined || given === null) return true;
  const names = axisNames(given);
  if (names.includes('batch')) throw unsupported(context, 'statistics of a dataset (batch among the axes)');
  if (!names.includes('y') || !names.includes('x'))
    throw unsupported(context, `statistics over the axes ${names.join(', ')} (y and x must be among them)`);
  return context.channelAxis !== undefined && names.includes(context.channelAxis);
}

/** Checks a list against the tensor: one value, or one a channel along the channel axis. */
function perChannel(
  value: number | number[],
  axis: string | string[] | null | undefined,
  context: StepContext,
): number[] {
  const values = list(value);
  if (values.length === 1) return values;
  if (typeof axis === 'string' && axis !== context.channelAxis)
    throw unsupported(context, `values along the axis ${axis} (only the channel axis)`);
  if (values.length !== context.channels)
    throw new Failure('modelBroken', {
      detail: `${context.where}: ${values.length} values for ${context.channels} channels`,
    });
  return values;
}

function ownTensor(reference: string | null | undefined, context: StepContext): void {
  if (reference && reference !== context.tensor)
    throw unsupported(context, `scale_range by another tensor (reference_tensor ${reference})`);
}

type Reader = (kwargs: unknown, context: StepContext) => Operation;

/** Formulas and defaults: BioImage.IO model specification 0.4 and 0.5, "preprocessing" and "postprocessing". */
const readers: Record<string, Reader> = {
  binarize: (given, context) => {
    const { threshold, axis } = parse(z.object({ threshold: numbers, axis: z.string().optional() }), given, context);
    return { kind: 'binarize', threshold: perChannel(threshold, axis, context) };
  },
  clip: (given, context) => {
    const limit = z.number().nullish();
    const shape = { min: limit, max: limit, min_percentile: limit, max_percentile: limit, axes };
    const kwargs = parse(z.object(shape), given, context);
    const bound = (value: number | null | undefined, percentile: number | null | undefined): Bound => {
      if (typeof value === 'number') return { value };
      return typeof percentile === 'number' ? { percentile } : undefined;
    };
    const low = bound(kwargs.min, kwargs.min_percentile);
    const high = bound(kwargs.max, kwargs.max_percentile);
    if (!low && !high) throw new Failure('modelBroken', { detail: `${context.where}.kwargs: clip without a limit` });
    if ((low && 'percentile' in low) || (high && 'percentile' in high))
      return { kind: 'clipPercentile', joint: joint(kwargs.axes, undefined, context), low, high };
    return { kind: 'clip', min: [low?.value ?? -Infinity], max: [high?.value ?? Infinity] };
  },
  ensure_dtype: (given, context) => ({
    kind: 'cast',
    dtype: parse(z.object({ dtype: z.enum(dtypes) }), given, context).dtype,
  }),
  scale_linear: (given, context) => {
    const shape = { gain: numbers.default(1), offset: numbers.default(0), axis: z.string().optional() };
    const { gain, offset, axis } = parse(z.object(shape), given, context);
    return { kind: 'affine', gain: perChannel(gain, axis, context), offset: perChannel(offset, axis, context) };
  },
  sigmoid: () => ({ kind: 'sigmoid' }),
  softmax: (given, context) => {
    const { axis } = parse(z.object({ axis: z.string().default('channel') }), given, context);
    if (axis !== context.channelAxis) throw unsupported(context, `softmax along the axis ${axis} (only channels)`);
    return { kind: 'softmax' };
  },
  zero_mean_unit_variance: (given, context) => {
    const shape = { mode: z.string().optional(), axes, mean: numbers.nullish(), std: numbers.nullish(), eps };
    const kwargs = parse(z.object(shape), given, context);
    if (kwargs.mode === 'fixed' || kwargs.mean != null) {
      if (kwargs.mean == null || kwargs.std == null)
        throw new Failure('modelBroken', { detail: `${context.where}.kwargs: mode fixed needs mean and std` });
      return standardise(kwargs.mean, kwargs.std, kwargs.eps, undefined, context);
    }
    return { kind: 'zeroMean', joint: joint(kwargs.axes, kwargs.mode, context), eps: kwargs.eps };
  },
  fixed_zero_mean_unit_variance: (given, context) => {
    const { mean, std, axis } = parse(
      z.object({ mean: numbers, std: numbers, axis: z.string().optional() }),
      given,
      context,
    );
    return standardise(mean, std, 1e-6, axis, context); // the eps of bioimageio.core
  },
  scale_range: (given, context) => {
    const shape = { mode: z.string().optional(), axes, ...percentiles, eps, reference_tensor: z.string().nullish() };
    const kwargs = parse(z.object(shape), given, context);
    ownTensor(kwargs.reference_tensor, context);
    const { min_percentile: low, max_percentile: high } = kwargs;
    if (low >= high)
      throw new Failure('modelBroken', { detail: `${context.where}.kwargs: min_percentile ${low} >= ${high}` });
    return { kind: 'scaleRange', joint: joint(kwargs.axes, kwargs.mode, context), low, high, eps: kwargs.eps };
  },
  scale_mean_variance: (given, context) => {
    const shape = { mode: z.string().optional(), axes, eps, reference_tensor: z.string() };
    const kwargs = parse(z.object(shape), given, context);
    const { input } = context;
    if (kwargs.mode !== 'per_sample')
      // what it means where it is left out
      throw unsupported(context, 'scale_mean_variance by the statistics of a dataset (mode per_dataset)');
    if (input === undefined || kwargs.reference_tensor !== input.id)
      throw unsupported(context, `scale_mean_variance by another tensor (reference_tensor ${kwargs.reference_tensor})`);
    const matched = joint(kwargs.axes, undefined, context);
    if (!matched && input.channels !== 1 && input.channels !== context.channels)
      throw unsupported(context, `scale_mean_variance of ${context.channels} channels by ${input.channels}`);
    return { kind: 'matchInput', joint: matched, eps: kwargs.eps };
  },
};

function standardise(
  mean: number | number[],
  std: number | number[],
  epsilon: number,
  axis: string | undefined,
  context: StepContext,
): Operation {
  return {
    kind: 'standardise',
    mean: perChannel(mean, axis, context),
    divisor: perChannel(std, axis, context).map((value) => value + epsilon),
  };
}

/** Names that a package may use. */
const operationNames = Object.keys(readers);

/** Reads one step. Throws `modelUnsupported` naming an operation we do not have, `modelBroken` for wrong arguments. */
export function readOperation(id: string, kwargs: unknown, context: StepContext): Operation {
  const read = Object.hasOwn(readers, id) ? readers[id] : undefined;
  if (!read) throw unsupported(context, `the operation ${id} (there are ${operationNames.join(', ')})`);
  return read(kwargs, context);
}
