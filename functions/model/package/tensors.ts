import { z } from 'zod';
import type { AxisRule } from '../engine/tiles.ts';
import type { Operation } from './operations.ts';
import { broken, unsupported } from './refusals.ts';
import { largestGrid } from './settings.ts';
import type { Range } from './value-range.ts';

/** Axes of a tensor in its own order; `unit` is any further axis of extent 1. */
export type TensorAxis = 'batch' | 'channel' | 'y' | 'x' | 'unit';

/** A file of the package, with the sha256 that the description states. */
export interface PackageFile {
  path: string;
  sha256?: string;
}

export interface InputTensor {
  id: string;
  axes: TensorAxis[];
  channels: (string | undefined)[];
  /** Sizes the model takes; with `square` rows and columns must be equal. */
  y: AxisRule;
  x: AxisRule;
  square: boolean;
  preprocessing: Operation[];
  test?: PackageFile;
}

export interface OutputTensor {
  id: string;
  axes: TensorAxis[];
  /** One name a channel. */
  channels: string[];
  /** Pixels that the model itself cuts off at each side of its input (valid convolutions). */
  crop: number;
  /** Pixels of the input along each axis that one sample stands for; above 1 nothing is cut off. */
  grid: number;
  /** Pixels at each side of a tile that are not trusted. */
  halo: number;
  postprocessing: Operation[];
  /** Between which values it lies, where the package says so. */
  range?: Range;
  test?: PackageFile;
}

/** A file is a path, or an object with `source` and `sha256`. */
export const fileReference = z.union([z.string(), z.object({ source: z.string(), sha256: z.string().nullish() })]);

export function packageFile(given: z.output<typeof fileReference>, where: string, sha256?: string | null): PackageFile {
  const path = typeof given === 'string' ? given : given.source;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) throw unsupported(where, `a file outside the package, ${path}`);
  const sum = sha256 ?? (typeof given === 'string' ? undefined : given.sha256);
  return sum ? { path, sha256: sum.toLowerCase() } : { path };
}

/** Checks a value and names the first field that is wrong. */
export function check<S extends z.ZodType>(schema: S, value: unknown, where = ''): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  const field = [where, ...issue.path.map(String)].filter((part) => part !== '').join('.');
  throw broken(field || 'the description', issue.message);
}

/** Whether maps may have one sample every so many pixels of the plane. */
export const isGrid = (times: number): boolean => Number.isInteger(times) && times >= 1 && times <= largestGrid;

/** The one input, or a refusal that names the others. */
export function onlyInput<T>(inputs: readonly T[], names: readonly string[]): T {
  if (inputs.length !== 1) throw unsupported('inputs', `${inputs.length} input tensors (${names.join(', ')})`);
  return inputs[0]!;
}

/** Of a model of stacks or series. */
export const severalPlanes = (where: string, axis: string) =>
  unsupported(
    where,
    `an axis ${axis} of more than one plane: images are predicted plane by plane; export the model for single planes (axes y and x), which also predicts stacks, and objects are linked over their depth`,
  );

/** Refuses what is not one image: no y or x, or an axis of more than one sample. */
export function requireImage(axes: readonly TensorAxis[], where: string): void {
  for (const axis of ['y', 'x'] as const)
    if (axes.filter((other) => other === axis).length !== 1)
      throw unsupported(where, `a tensor without one ${axis} axis`);
  for (const axis of ['batch', 'channel'] as const)
    if (axes.filter((other) => other === axis).length > 1) throw broken(where, `more than one ${axis} axis`);
}
