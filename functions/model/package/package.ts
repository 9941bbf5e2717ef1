import { createHash } from 'node:crypto';
import { Failure } from '../../core/errors.ts';
import type { ModelIdentity } from '../../ports/predictor.ts';
import { leavesCore, type TileRules } from '../engine/tiles.ts';
import { type ModelDescription, readDescription } from './description.ts';
import { largestDescription, openPackageFiles, type PackageFiles } from './package-files.ts';
import { parseYaml } from './parse-yaml.ts';
import type { PackageFile } from './tensors.ts';

/** A model ready to be opened by an engine: its description understood, its weights in memory and checked. */
export interface ModelPackage {
  identity: ModelIdentity;
  description: ModelDescription;
  /** The ONNX file, on memory that all threads see. */
  weights: Uint8Array<SharedArrayBuffer>;
  /** One file of the package, checked against its sha256 where the description states one. */
  read(file: PackageFile): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens a BioImage.IO model package, format 0.4 or 0.5: a folder or a zip. Throws `modelMissing`, `modelBroken` (names
 * the field or file) and `modelUnsupported` (names the feature).
 */
export async function openModel(path: string): Promise<ModelPackage> {
  const files = await openPackageFiles(path);
  const text = await files.read(files.description, largestDescription);
  const description = readDescription(parseYaml(new TextDecoder().decode(text), files.description));
  tileRules(description); // refuses a halo that leaves nothing
  const bytes = await readChecked(files, description.weights);
  const weights = new Uint8Array(new SharedArrayBuffer(bytes.length));
  weights.set(bytes);
  const identity = {
    name: description.name,
    version: description.version,
    sha256: digest(bytes),
    definition: digest(text),
  };
  return { identity, description, weights, read: (file) => readChecked(files, file) };
}

/** Reads one file of the package at a path, as ModelPackage.read does. */
export const readPackageFile = async (path: string, file: PackageFile): Promise<Uint8Array<ArrayBuffer>> =>
  readChecked(await openPackageFiles(path), file);

async function readChecked(files: PackageFiles, file: PackageFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await files.read(file.path);
  const sha256 = digest(bytes);
  if (file.sha256 !== undefined && file.sha256 !== sha256)
    throw new Failure('modelBroken', { detail: `${file.path} has sha256 ${sha256}, not ${file.sha256}` });
  return bytes;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Tile size aimed at where the model's size is free: activations of a usual U-Net stay below some 500 MB a worker. A package of a lighter one asks for more. */
const usualTile = 768;
/** Halo of a package that states none: covers the receptive field of the usual four-level U-Net but for its outermost, weak part. */
const usualHalo = 64;

/** How planes are cut for this model, in pixels of its output. Throws `modelBroken` where nothing is left between the halos. */
export function tileRules({ input, outputs, settings }: ModelDescription): TileRules & { crop: number } {
  const { crop, grid } = outputs[0]!;
  const stated = Math.max(...outputs.map(({ halo }) => halo));
  const y = { ...input.y, min: input.y.min - 2 * crop };
  const x = { ...input.x, min: input.x.min - 2 * crop };
  const fixed = Math.min(y.step === 0 ? y.min : Infinity, x.step === 0 ? x.min : Infinity);
  const wanted = settings.halo ?? (stated > 0 || crop > 0 ? stated : Math.min(usualHalo, Math.floor(fixed / 8)));
  const halo = grid * Math.ceil(wanted / grid); // tiles are cut on the grid
  if (y.min < 1 || x.min < 1)
    throw new Failure('modelBroken', { detail: `outputs.0: a margin of ${crop} leaves nothing of the input` });
  if (!leavesCore(y, halo) || !leavesCore(x, halo))
    throw new Failure('modelBroken', { detail: `outputs.0: a halo of ${halo} leaves nothing of a tile of ${fixed}` });
  return { y, x, square: input.square, halo, target: settings.tile ?? usualTile, crop, grid };
}
