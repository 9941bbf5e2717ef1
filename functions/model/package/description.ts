import { z } from 'zod';
import { type ForegroundMap, foregroundMap } from './foreground-map.ts';
import { readTensors04 } from './format-0-4.ts';
import { readTensors05 } from './format-0-5.ts';
import { flowRoles, mapNames } from './maps.ts';
import { broken, unsupported } from './refusals.ts';
import { type InstanceSettings, type ModelSettings, modelSettings } from './settings.ts';
import { withStardistConfig } from './stardist-config.ts';
import { check, fileReference, type InputTensor, type OutputTensor, type PackageFile, packageFile } from './tensors.ts';
import { thresholdRange } from './threshold-range.ts';
import type { Range } from './value-range.ts';

/** What we use of a bioimageio.yaml, in one form for 0.4 and 0.5. Plain data: workers get it as it is. */
export interface ModelDescription {
  name: string;
  version: string;
  /** As its authors describe it, one line. */
  about: string;
  /** ONNX; absent where a container runs the model. */
  weights?: PackageFile;
  /** The file that the weights leave tensors to, where the description names it. */
  externalData?: PackageFile;
  input: InputTensor;
  outputs: OutputTensor[];
  settings: ModelSettings;
  /** What a threshold of objects can be; absent: anything. */
  thresholds?: Range;
  /** Which map says what belongs to objects; absent: none does. */
  foreground?: ForegroundMap;
}

const common = z.object({
  type: z.string().default('model'),
  format_version: z.string(),
  name: z.string().min(1),
  version: z.union([z.string(), z.number()]).nullish(),
  description: z.string().default(''),
  weights: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((given) => given ?? {}),
  config: z.record(z.string(), z.unknown()).nullish(),
});

const onnxWeights = z.object({
  source: z.string(),
  sha256: z.string().nullish(),
  external_data: fileReference.nullish(),
});

/** Reads a parsed bioimageio.yaml. Throws `modelBroken` naming the field, `modelUnsupported` naming the feature. */
export function readDescription(yaml: unknown): ModelDescription {
  const head = check(common, yaml);
  if (head.type !== 'model') throw unsupported('type', `a package of type ${head.type}`);
  const format = /^0\.([45])\./.exec(`${head.format_version}.`)?.[1];
  if (!format) throw unsupported('format_version', `${head.format_version} (0.4 and 0.5 are read)`);
  const own = head.config?.labdeploy ?? {};
  const inContainer = typeof own === 'object' && 'container' in own;
  if (head.weights.onnx === undefined && !inContainer)
    throw unsupported('weights', `no ONNX weights (there are ${Object.keys(head.weights).join(', ') || 'none'})`);
  const onnx = !inContainer ? check(onnxWeights, head.weights.onnx, 'weights.onnx') : undefined;
  const { input, outputs } = format === '4' ? readTensors04(yaml) : readTensors05(yaml);
  const sizes = new Set(outputs.map(({ crop, grid }) => `${crop} ${grid}`));
  if (sizes.size > 1) throw unsupported('outputs', 'outputs of different sizes');
  const named = uniqueNames(outputs);
  const given = withStardistConfig(own, head.config?.stardist, named);
  const settings = check(modelSettings, given, 'config.labdeploy');
  requireMaps(settings.instances, mapNames({ outputs: named }));
  requireSizes(settings, outputs[0]!.grid, input);
  const thresholds = thresholdRange(named, settings.instances);
  const foreground = foregroundMap(named, settings.instances);
  return {
    name: head.name,
    version: String(head.version ?? ''),
    about: head.description.trim().replace(/\s+/g, ' '),
    ...(onnx && { weights: packageFile(onnx.source, 'weights.onnx.source', onnx.sha256) }),
    ...(onnx?.external_data && { externalData: packageFile(onnx.external_data, 'weights.onnx.external_data') }),
    input,
    outputs: named,
    settings,
    ...(thresholds !== undefined && { thresholds }),
    ...(foreground !== undefined && { foreground }),
  };
}

/** A map that the settings name must be there: another one in its place would give other objects. */
function requireMaps(settings: InstanceSettings, names: readonly string[]): void {
  const there = `(there are ${names.join(', ')})`;
  const roles: Record<string, unknown> = settings;
  for (const role of ['foreground', 'boundary', 'distance', 'probability', 'flowY', 'flowX'] as const) {
    const name = roles[role];
    if (typeof name === 'string' && !names.includes(name))
      throw broken(`config.labdeploy.instances.${role}`, `there is no map ${name} ${there}`);
  }
  const missing = 'classes' in settings && settings.classes?.find((name) => !names.includes(name));
  if (missing) throw broken('config.labdeploy.instances.classes', `there is no map ${missing} ${there}`);
  const least = { stardist: 4, cellpose: 3, watershed: 1, threshold: 1, labels: 1 }[settings.method];
  if (names.length < least)
    throw broken('config.labdeploy.instances.method', `${settings.method} needs ${least} maps or more ${there}`);
  if (settings.method !== 'cellpose') return;
  const { y, x, probability } = flowRoles(names, settings);
  if (new Set([y, x, probability]).size < 3)
    throw broken('config.labdeploy.instances', `flowY, flowX and probability are not three maps ${there}`);
}

/** Maps smaller than the plane: only where the method knows what a sample of theirs stands for. */
function requireSizes({ instances }: ModelSettings, grid: number, { y, x }: InputTensor): void {
  if (instances.method === 'stardist') {
    if (instances.cell !== undefined && instances.cell % grid !== 0)
      throw broken('config.labdeploy.instances.cell', `${instances.cell} is no multiple of the maps' grid of ${grid}`);
  } else if (grid > 1) {
    throw unsupported('outputs', `maps of one sample every ${grid} pixels for the method ${instances.method}`);
  }
  for (const { min, step } of [y, x])
    if (min % grid !== 0 || step % grid !== 0)
      throw unsupported('inputs.0', `sizes of ${min} by ${step} for maps of one sample every ${grid} pixels`);
}

/** Two outputs may both call a channel `channel0`: then each gets its tensor's name in front. */
function uniqueNames(outputs: OutputTensor[]): OutputTensor[] {
  const names = outputs.flatMap(({ channels }) => channels);
  if (new Set(names).size === names.length) return outputs;
  return outputs.map((output) => ({
    ...output,
    channels: output.channels.map((name) => (output.channels.length === 1 ? output.id : `${output.id}.${name}`)),
  }));
}
