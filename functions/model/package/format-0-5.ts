import { z } from 'zod';
import type { AxisRule } from '../engine/tiles.ts';
import { type Operation, readOperation } from './operations.ts';
import { broken, unsupported } from './refusals.ts';
import {
  check,
  fileReference,
  type InputTensor,
  isGrid,
  type OutputTensor,
  onlyInput,
  packageFile,
  requireImage,
  severalPlanes,
  type TensorAxis,
} from './tensors.ts';
import { outputRange } from './value-range.ts';

const reference = z.object({ tensor_id: z.string(), axis_id: z.string(), offset: z.number().int().default(0) });
const size = z.union([
  z.number().int().min(1),
  z.object({ min: z.number().int().min(1), step: z.number().int().min(1) }),
  reference,
]);
const scale = z.number().gt(0).default(1);
const axis = z.discriminatedUnion('type', [
  z.object({ type: z.literal('batch'), id: z.string().default('batch'), size: z.literal(1).nullish() }),
  z.object({
    type: z.literal('channel'),
    id: z.string().default('channel'),
    channel_names: z.array(z.string()).min(1),
  }),
  z.object({ type: z.literal('space'), id: z.string().default('x'), size, scale, halo: z.number().int().default(0) }),
  z.object({ type: z.literal('time'), id: z.string().default('time'), size, scale }),
  z.object({ type: z.literal('index'), id: z.string().default('index'), size: z.unknown().optional() }),
]);
type Axis = z.output<typeof axis>;
type SpaceAxis = Extract<Axis, { type: 'space' }>;

const processing = z.array(z.object({ id: z.string(), kwargs: z.unknown().optional() })).nullish();
const tensor = { axes: z.array(axis).min(2), test_tensor: fileReference.nullish(), optional: z.boolean().nullish() };
const schema = z.object({
  inputs: z.array(z.object({ ...tensor, id: z.string().default('input'), preprocessing: processing })).min(1),
  outputs: z
    .array(
      z.object({
        ...tensor,
        id: z.string().default('output'),
        postprocessing: processing,
        data: z.unknown().optional(),
      }),
    )
    .min(1),
});
type Given = z.output<typeof schema>;

/** Source: BioImage.IO model specification 0.5, "inputs" and "outputs": axes as a list of objects. */
export function readTensors05(yaml: unknown): { input: InputTensor; outputs: OutputTensor[] } {
  const given = check(schema, yaml);
  const needed = given.inputs.filter(({ optional }) => optional !== true);
  const raw = onlyInput(
    needed,
    needed.map(({ id }) => id),
  );
  const input = readInput(raw);
  return { input, outputs: given.outputs.map((output, i) => readOutput(output, `outputs.${i}`, raw)) };
}

function kind(given: Axis, where: string): TensorAxis {
  if (given.type === 'batch' || given.type === 'channel') return given.type;
  if (given.type === 'space' && (given.id === 'y' || given.id === 'x')) return given.id;
  if (given.size !== 1) throw severalPlanes(where, given.id);
  return 'unit';
}

const space = (axes: readonly Axis[], id: 'y' | 'x'): SpaceAxis =>
  axes.find((given): given is SpaceAxis => given.type === 'space' && given.id === id)!;

const channelsOf = (axes: readonly Axis[]): Extract<Axis, { type: 'channel' }> | undefined =>
  axes.find((given) => given.type === 'channel');

function readInput(raw: Given['inputs'][number]): InputTensor {
  const where = 'inputs.0';
  const axes = raw.axes.map((given, i) => kind(given, `${where}.axes.${i}`));
  requireImage(axes, `${where}.axes`);
  const names = channelsOf(raw.axes)?.channel_names ?? [undefined];
  const y = space(raw.axes, 'y');
  const x = space(raw.axes, 'x');
  const refers = (from: SpaceAxis, to: SpaceAxis): boolean => {
    if (typeof from.size === 'number' || 'min' in from.size) return false;
    const { tensor_id, axis_id, offset } = from.size;
    if (tensor_id !== raw.id || axis_id !== to.id)
      throw broken(`${where}.axes`, `${from.id} refers to ${tensor_id}.${axis_id}, not to ${to.id} of the same tensor`);
    if (offset !== 0 || from.scale !== to.scale)
      throw unsupported(`${where}.axes`, `a size of ${from.id} that differs from that of ${to.id}`);
    return true;
  };
  const own = ({ id, size: given }: SpaceAxis): AxisRule => {
    if (typeof given === 'number') return { min: given, step: 0 };
    if ('min' in given) return { min: given.min, step: given.step };
    throw broken(`${where}.axes`, `the size of ${id} refers to an axis that refers back`);
  };
  const square = refers(x, y) || refers(y, x);
  const [ruleY, ruleX] = refers(x, y) ? [own(y), own(y)] : refers(y, x) ? [own(x), own(x)] : [own(y), own(x)];
  return {
    id: raw.id,
    axes,
    channels: names,
    y: ruleY,
    x: ruleX,
    square,
    preprocessing: steps(raw.preprocessing, {
      ...{ where: `${where}.preprocessing`, id: raw.id, axes: raw.axes },
      channels: names.length,
    }),
    ...(raw.test_tensor ? { test: packageFile(raw.test_tensor, `${where}.test_tensor`) } : {}),
  };
}

function readOutput(raw: Given['outputs'][number], where: string, input: Given['inputs'][number]): OutputTensor {
  const axes = raw.axes.map((given, i) => kind(given, `${where}.axes.${i}`));
  requireImage(axes, `${where}.axes`);
  const y = space(raw.axes, 'y');
  const x = space(raw.axes, 'x');
  const { crop, grid } = outputSize(y, input, where);
  const along = outputSize(x, input, where);
  if (crop !== along.crop || grid !== along.grid) throw unsupported(where, 'different sizes along y and x');
  const names = channelsOf(raw.axes)?.channel_names ?? [raw.id];
  const postprocessing = steps(raw.postprocessing, {
    ...{ where: `${where}.postprocessing`, id: raw.id, axes: raw.axes, input },
    channels: names.length,
  });
  const declared = [raw.data ?? []].flat().map((data) => (data as { range?: unknown } | null)?.range);
  const range = outputRange(declared, postprocessing);
  return {
    id: raw.id,
    axes,
    channels: names,
    crop,
    grid,
    halo: grid * Math.max(y.halo, x.halo),
    postprocessing,
    ...(range !== undefined && { range }),
    ...(raw.test_tensor ? { test: packageFile(raw.test_tensor, `${where}.test_tensor`) } : {}),
  };
}

/**
 * Pixels a side that the output lacks of the input, or how many of them one of its samples stands for:
 * size = reference * reference.scale / scale + offset, with offset = -2 * crop.
 */
function outputSize(output: SpaceAxis, input: Given['inputs'][number], where: string): { crop: number; grid: number } {
  const { offset, grid } = relativeSize(output, input, where);
  if (!isGrid(grid)) throw unsupported(`${where}.axes`, `an output ${1 / grid} times as large as the input`);
  if (offset > 0 || offset % 2 !== 0 || (grid > 1 && offset !== 0))
    throw unsupported(`${where}.axes`, `an output of ${offset} pixels more than the input`);
  return { crop: Math.abs(offset) / 2, grid };
}

/** Size along one axis = that of the input / grid + offset. */
function relativeSize(
  output: SpaceAxis,
  input: Given['inputs'][number],
  where: string,
): { offset: number; grid: number } {
  const { id, size: given } = output;
  const same = space(input.axes, id as 'y' | 'x');
  if (typeof given === 'number') {
    if (typeof same.size !== 'number')
      throw unsupported(`${where}.axes`, `a fixed size along ${id} for an input of free size`);
    const times = same.size / given;
    return times < 2 && times >= 1 ? { offset: given - same.size, grid: 1 } : { offset: 0, grid: times };
  }
  if ('min' in given) throw broken(`${where}.axes`, `the size of ${id} must be a number or refer to the input`);
  const of = input.axes.find((other) => other.id === given.axis_id);
  if (given.tensor_id !== input.id || of?.type !== 'space')
    throw broken(
      `${where}.axes`,
      `${id} refers to ${given.tensor_id}.${given.axis_id}, which is no space axis of the input`,
    );
  return { offset: given.offset, grid: output.scale / of.scale };
}

interface StepsOf {
  /** For messages. */
  where: string;
  id: string;
  axes: readonly Axis[];
  channels: number;
  /** Of an output. */
  input?: Given['inputs'][number];
}

function steps(given: z.output<typeof processing>, { where, id: tensor, axes, channels, input }: StepsOf): Operation[] {
  const channelAxis = channelsOf(axes)?.id;
  const matched = input && { input: { id: input.id, channels: channelsOf(input.axes)?.channel_names.length ?? 1 } };
  return (given ?? []).map(({ id, kwargs }, i) =>
    readOperation(id, kwargs, { where: `${where}.${i}`, tensor, channelAxis, channels, ...matched }),
  );
}
