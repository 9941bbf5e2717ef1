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

const processing = z.array(z.object({ name: z.string(), kwargs: z.unknown().optional() })).nullish();
const sizes = z.array(z.number().int().min(0));
const tensor = { name: z.string(), axes: z.string().regex(/^[bitczyx]+$/, 'axes are letters of bitczyx') };

const schema = z.object({
  inputs: z
    .array(
      z.object({
        ...tensor,
        shape: z.union([sizes, z.object({ min: sizes, step: sizes })]),
        preprocessing: processing,
      }),
    )
    .min(1),
  outputs: z
    .array(
      z.object({
        ...tensor,
        shape: z.union([
          sizes,
          z.object({
            reference_tensor: z.string(),
            scale: z.array(z.number().nullable()),
            offset: z.array(z.number()),
          }),
        ]),
        halo: sizes.nullish(),
        data_range: z.unknown().optional(),
        postprocessing: processing,
      }),
    )
    .min(1),
  test_inputs: z.array(fileReference).default([]),
  test_outputs: z.array(fileReference).default([]),
});

type Given = z.output<typeof schema>;

const axisOf: Record<string, TensorAxis> = { b: 'batch', c: 'channel', y: 'y', x: 'x' };
const kinds = (axes: string): TensorAxis[] => [...axes].map((axis) => axisOf[axis] ?? 'unit');

/** Source: BioImage.IO model specification 0.4, "inputs" and "outputs": axes as letters, shapes as lists. */
export function readTensors04(yaml: unknown): { input: InputTensor; outputs: OutputTensor[] } {
  const given = check(schema, yaml);
  const raw = onlyInput(
    given.inputs,
    given.inputs.map(({ name }) => name),
  );
  const input = readInput(raw, given);
  return { input, outputs: given.outputs.map((output, i) => readOutput(output, i, raw, input, given)) };
}

function readInput(raw: Given['inputs'][number], given: Given): InputTensor {
  const where = 'inputs.0';
  const axes = kinds(raw.axes);
  requireImage(axes, `${where}.axes`);
  const { min, step } = Array.isArray(raw.shape) ? { min: raw.shape, step: raw.shape.map(() => 0) } : raw.shape;
  if (min.length !== axes.length || step.length !== axes.length)
    throw broken(`${where}.shape`, `${min.length} sizes for ${axes.length} axes`);
  const rule = (axis: 'y' | 'x'): AxisRule => {
    const at = axes.indexOf(axis);
    if (min[at]! < 1) throw broken(`${where}.shape`, `a size of ${min[at]} along ${axis}`);
    return { min: min[at]!, step: step[at]! };
  };
  axes.forEach((axis, i) => {
    if (axis === 'unit' && (min[i] !== 1 || step[i] !== 0)) throw severalPlanes(`${where}.axes`, raw.axes[i]!);
  });
  const channels = axes.includes('channel') ? min[axes.indexOf('channel')]! : 1;
  return {
    id: raw.name,
    axes,
    channels: Array.from({ length: channels }, () => undefined),
    y: rule('y'),
    x: rule('x'),
    square: false,
    preprocessing: steps(raw.preprocessing, { where: `${where}.preprocessing`, id: raw.name, axes, channels }),
    ...testFile(given.test_inputs[0], 'test_inputs.0'),
  };
}

function readOutput(
  raw: Given['outputs'][number],
  index: number,
  rawInput: Given['inputs'][number],
  input: InputTensor,
  given: Given,
): OutputTensor {
  const where = `outputs.${index}`;
  const axes = kinds(raw.axes);
  requireImage(axes, `${where}.axes`);
  const extent = (at: number): number => outputExtent(raw, at, rawInput, where);
  const gridOf = (axis: 'y' | 'x'): number => {
    const at = axes.indexOf(axis);
    const times = Array.isArray(raw.shape) ? raw.shape[at]! / input[axis].min : (raw.shape.scale[at] ?? 0);
    if (Array.isArray(raw.shape) && times > 0.5) return 1; // a margin is cut off
    const grid = Math.round(1 / times);
    if (!isGrid(grid) || Math.abs(grid * times - 1) > 1e-6)
      throw unsupported(`${where}.shape`, `an output ${times} times as large as the input`);
    return grid;
  };
  const cropOf = (axis: 'y' | 'x'): number => {
    const at = axes.indexOf(axis);
    if (!Array.isArray(raw.shape)) return 0 - raw.shape.offset[at]!;
    return gridOf(axis) === 1 ? (input[axis].min - raw.shape[at]!) / 2 : 0;
  };
  if (Array.isArray(raw.shape) && raw.shape.length !== axes.length)
    throw broken(`${where}.shape`, `${raw.shape.length} sizes for ${axes.length} axes`);
  const [crop, grid] = [cropOf('y'), gridOf('y')];
  const whole = crop >= 0 && Number.isInteger(crop) && (grid === 1 || crop === 0);
  if (crop !== cropOf('x') || grid !== gridOf('x') || !whole)
    throw unsupported(`${where}.shape`, 'an output that is not the input less the same whole margin at each side');
  axes.forEach((axis, i) => {
    if (axis === 'unit' && extent(i) !== 1) throw severalPlanes(`${where}.axes`, raw.axes[i]!);
  });
  const count = axes.includes('channel') ? extent(axes.indexOf('channel')) : 1;
  const halo = raw.halo ?? [];
  const postprocessing = steps(raw.postprocessing, {
    ...{ where: `${where}.postprocessing`, id: raw.name, axes, input },
    channels: count,
  });
  const range = outputRange([raw.data_range], postprocessing);
  return {
    id: raw.name,
    axes,
    channels: Array.from({ length: count }, (_, i) => (count === 1 ? raw.name : `${raw.name}${i}`)),
    crop,
    grid,
    halo: grid * Math.max(halo[axes.indexOf('y')] ?? 0, halo[axes.indexOf('x')] ?? 0),
    postprocessing,
    ...(range !== undefined && { range }),
    ...testFile(given.test_outputs[index], `test_outputs.${index}`),
  };
}

/** Extent of a channel or unit axis of an output: shape = reference * scale + 2 * offset. */
function outputExtent(
  raw: Given['outputs'][number],
  at: number,
  input: Given['inputs'][number],
  where: string,
): number {
  if (Array.isArray(raw.shape)) return raw.shape[at]!;
  if (raw.shape.reference_tensor !== input.name)
    throw broken(`${where}.shape.reference_tensor`, `there is no input ${raw.shape.reference_tensor}`);
  const reference = Array.isArray(input.shape) ? input.shape : input.shape.min;
  const of = reference[input.axes.indexOf(raw.axes[at]!)] ?? 0;
  const size = (raw.shape.scale[at] ?? 0) * of + 2 * (raw.shape.offset[at] ?? 0);
  if (!Number.isInteger(size) || size < 1) throw broken(`${where}.shape`, `a size of ${size} along ${raw.axes[at]}`);
  return size;
}

const testFile = (given: z.output<typeof fileReference> | undefined, where: string) =>
  given === undefined ? {} : { test: packageFile(given, where) };

interface StepsOf {
  /** For messages. */
  where: string;
  id: string;
  axes: readonly TensorAxis[];
  channels: number;
  /** Of an output. */
  input?: InputTensor;
}

function steps(given: z.output<typeof processing>, { where, id, axes, channels, input }: StepsOf): Operation[] {
  const channelAxis = axes.includes('channel') ? 'channel' : undefined;
  const matched = input && { input: { id: input.id, channels: input.channels.length } };
  return (given ?? []).map(({ name, kwargs }, i) =>
    readOperation(name, kwargs, { where: `${where}.${i}`, tensor: id, channelAxis, channels, ...matched }),
  );
}
