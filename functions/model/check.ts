import { type EngineOptions, openEngine } from './engine/engine.ts';
import { fromModelOrder } from './engine/model-order.ts';
import { type NumpyArray, readNpy } from './package/npy.ts';
import type { ModelPackage } from './package/package.ts';
import { broken, unsupported } from './package/refusals.ts';
import type { PackageFile, TensorAxis } from './package/tensors.ts';

type Remote = EngineOptions['remote'];

/** How far one map is from the one that the package expects for its test input. */
export interface CheckedOutput {
  output: string;
  /** Largest absolute difference of any pixel; NaN where the map has one. */
  maxDifference: number;
  /** The difference that is allowed: a thousandth of the largest expected value, at least 0.001. */
  tolerance: number;
}

/**
 * Runs a package's own test input through preprocessing, model and postprocessing, in one piece, and compares each map
 * with the expected one. Throws `modelBroken` where test tensors are missing
 * or do not fit, `modelFailed` where the model does not run. `remote`: as openEngine's.
 */
export async function checkModel(model: ModelPackage, remote?: Remote): Promise<CheckedOutput[]> {
  const { description } = model;
  const { input, outputs } = description;
  const test = await readTensor(model, input.test, input.axes, 'inputs.0');
  if (test.channels.length !== input.channels.length)
    throw broken('inputs.0', `the test tensor has ${test.channels.length} channels, not ${input.channels.length}`);
  const maps = await predictWhole(model, test, remote);
  const results: CheckedOutput[] = [];
  for (const [i, output] of outputs.entries()) {
    const expected = await readTensor(model, output.test, output.axes, `outputs.${i}`);
    const own = maps.splice(0, output.channels.length);
    if (expected.channels.length !== own.length || expected.channels.some((map, c) => map.length !== own[c]!.length))
      throw broken(`outputs.${i}`, 'the test tensor has another shape than what the model gives');
    expected.channels.forEach((map, c) => void results.push({ output: output.channels[c]!, ...compare(own[c]!, map) }));
  }
  return results;
}

interface Tensor {
  height: number;
  width: number;
  channels: Float32Array[];
}

async function readTensor(
  model: ModelPackage,
  file: PackageFile | undefined,
  axes: readonly TensorAxis[],
  where: string,
): Promise<Tensor> {
  if (!file) throw broken(where, 'there is no test tensor');
  return toChannels(readNpy(await model.read(file), file.path), axes, where);
}

function toChannels({ shape, data }: NumpyArray, axes: readonly TensorAxis[], where: string): Tensor {
  const extent = (axis: TensorAxis): number => (axes.includes(axis) ? shape[axes.indexOf(axis)]! : 1);
  if (shape.length !== axes.length) throw broken(where, `the test tensor has ${shape.length} axes, not ${axes.length}`);
  if (extent('batch') !== 1) throw unsupported(where, `a test tensor of ${extent('batch')} images`);
  const size = { height: extent('y'), width: extent('x') };
  const channels = Array.from({ length: extent('channel') }, () => new Float32Array(size.height * size.width));
  fromModelOrder(data, channels, axes, size);
  return { ...size, channels };
}

/** The test input as one tile, on a worker. Where the model crops, the margin was mirrored: it is cut off again. */
async function predictWhole(
  model: ModelPackage,
  { height, width, channels }: Tensor,
  remote: Remote,
): Promise<Float32Array[]> {
  const { description } = model;
  const settings = { ...description.settings, tile: Math.max(height, width) };
  await using engine = await openEngine(
    { ...model, description: { ...description, settings } },
    { workers: 1, ...(remote !== undefined && { remote }) },
  );
  const planes = channels.map((data) => ({ height, width, samples: 1, type: 'float32' as const, data }));
  const { data } = await engine.predict(planes);
  const crop = description.outputs[0]!.crop;
  if (crop === 0) return data;
  return data.map((map) => cut(map, width, crop, { height: height - 2 * crop, width: width - 2 * crop }));
}

function cut(
  map: Float32Array,
  stride: number,
  crop: number,
  { height, width }: { height: number; width: number },
): Float32Array {
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const from = (y + crop) * stride + crop;
    out.set(map.subarray(from, from + width), y * width);
  }
  return out;
}

function compare(own: Float32Array, expected: Float32Array): { maxDifference: number; tolerance: number } {
  let maxDifference = 0;
  let largest = 1;
  for (let i = 0; i < own.length; i++) {
    const difference = Math.abs(own[i]! - expected[i]!);
    if (!(difference <= maxDifference)) maxDifference = difference; // NaN stays
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return { maxDifference, tolerance: largest / 1000 };
}
