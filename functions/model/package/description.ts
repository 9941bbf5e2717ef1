import { z } from 'zod';
import { readTensors04 } from './format-0-4.ts';
import { readTensors05 } from './format-0-5.ts';
import { mapNames } from './maps.ts';
import { broken, unsupported } from './refusals.ts';
import { type ModelSettings, modelSettings } from './settings.ts';
import { check, fileReference, type InputTensor, type OutputTensor, type PackageFile, packageFile } from './tensors.ts';

/** What we use of a bioimageio.yaml, in one form for 0.4 and 0.5. Plain data: workers get it as it is. */
export interface ModelDescription {
  name: string;
  version: string;
  /** As its authors describe it, one line. */
  about: string;
  weights: PackageFile;
  /** The file that the weights leave tensors to, where the description names it. */
  externalData?: PackageFile;
  input: InputTensor;
  outputs: OutputTensor[];
  settings: ModelSettings;
}

const common = z.object({
  type: z.string().default('model'),
  format_version: z.string(),
  name: z.string().min(1),
  version: z.union([z.string(), z.number()]).nullish(),
  description: z.string().default(''),
  weights: z.record(z.string(), z.unknown()),
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
  if (head.weights.onnx === undefined)
    throw unsupported('weights', `no ONNX weights (there are ${Object.keys(head.weights).join(', ') || 'none'})`);
  const onnx = check(onnxWeights, head.weights.onnx, 'weights.onnx');
  const { input, outputs } = format === '4' ? readTensors04(yaml) : readTensors05(yaml);
  const crops = new Set(outputs.map(({ crop }) => crop));
  if (crops.size > 1) throw unsupported('outputs', 'outputs of different sizes');
  const named = uniqueNames(outputs);
  const settings = check(modelSettings, head.config?.labdeploy ?? {}, 'config.labdeploy');
  requireMaps(settings, mapNames({ outputs: named }));
  return {
    name: head.name,
    version: String(head.version ?? ''),
    about: head.description.trim().replace(/\s+/g, ' '),
    weights: packageFile(onnx.source, 'weights.onnx.source', onnx.sha256),
    ...(onnx.external_data && { externalData: packageFile(onnx.external_data, 'weights.onnx.external_data') }),
    input,
    outputs: named,
    settings,
  };
}

/** A map that the settings name must be there: another one in its place would give other objects. */
function requireMaps(settings: ModelSettings, names: readonly string[]): void {
  for (const role of ['foreground', 'boundary', 'distance'] as const) {
    const name = settings.instances[role];
    if (name !== undefined && !names.includes(name))
      throw broken(`config.labdeploy.instances.${role}`, `there is no map ${name} (there are ${names.join(', ')})`);
  }
  const missing = settings.instances.classes?.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw broken('config.labdeploy.instances.classes', `there is no map ${missing} (there are ${names.join(', ')})`);
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
