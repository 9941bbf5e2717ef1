import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { ModelIdentity } from '../../ports/predictor.ts';
import { leavesCore, type TileRules } from '../engine/tiles.ts';
import { type BuiltImage, builtImageFile, readBuiltImage } from './built-image.ts';
import { type ModelDescription, readDescription } from './description.ts';
import { externalFiles } from './external-data.ts';
import { largestDescription, openPackageFiles, type PackageFiles } from './package-files.ts';
import { broken, unsupported } from './refusals.ts';
import type { PackageFile } from './tensors.ts';

/** A file beside the weights, on memory that all threads see. */
export interface ExternalFile {
  path: string;
  data: Uint8Array<SharedArrayBuffer>;
}

/** A model ready to be opened by an engine: its description understood, its weights in memory and checked. */
export interface ModelPackage {
  identity: ModelIdentity;
  description: ModelDescription;
  /** The ONNX file, on memory that all threads see. */
  weights: Uint8Array<SharedArrayBuffer>;
  /** Files that the weights leave tensors to, as they name them. */
  external: ExternalFile[];
  /** Where its files lie; absent for a zip. */
  folder?: string;
  /** The image that `labdeploy model build` made of it. */
  built?: BuiltImage;
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
  const { parseYaml } = await import('./parse-yaml.ts'); // 72 files that most threads have no use for
  const description = readDescription(parseYaml(new TextDecoder().decode(text), files.description));
  tileRules(description); // refuses a halo that leaves nothing
  const bytes = description.weights === undefined ? new Uint8Array(0) : await readChecked(files, description.weights);
  const external: ExternalFile[] = [];
  for (const [path, file] of externalOf(bytes, description))
    external.push({ path, data: shared(await readChecked(files, file)) });
  const built = await builtImage(files, description);
  const identity = {
    name: description.name,
    version: description.version,
    sha256:
      description.weights === undefined
        ? await programDigest(files, description, [text, ...(built ? [Buffer.from(built.image)] : [])])
        : weightsDigest(bytes, external),
    definition: digest(text),
  };
  return {
    ...{ identity, description, weights: shared(bytes), external },
    ...(files.folder !== undefined && { folder: files.folder }),
    ...(built !== undefined && { built }),
    read: (file) => readChecked(files, file),
  };
}

/** Of what runs the model instead of weights: the description, the image, and the program of a command. */
async function programDigest(
  files: PackageFiles,
  { settings: { container } }: ModelDescription,
  known: readonly Uint8Array[],
): Promise<string> {
  const programs = [];
  for (const word of container?.command ?? []) {
    const program = await files.readWhereThere(word);
    if (program !== undefined) programs.push(program);
  }
  const parts = [...known, ...programs];
  return parts.length === 1 ? digest(parts[0]!) : digest(Buffer.from(parts.map(digest).join('\n')));
}

async function builtImage(files: PackageFiles, { settings }: ModelDescription): Promise<BuiltImage | undefined> {
  if (settings.container?.build === undefined) return undefined;
  const file = await files.readWhereThere(builtImageFile);
  return file && readBuiltImage(new TextDecoder().decode(file));
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** Of the weights; where these leave tensors to other files, of the digests of all of them. */
const weightsDigest = (weights: Uint8Array, external: readonly ExternalFile[]): string =>
  external.length === 0
    ? digest(weights)
    : digest(Buffer.from([weights, ...external.map(({ data }) => data)].map(digest).join('\n')));

/**
 * The files that ONNX weights leave tensors to, by their names in the weights: in the folder of the weights, or what the
 * description says in their stead. Throws `modelBroken` where it names a file that the weights do not use.
 */
export function externalOf(
  weights: Uint8Array,
  { weights: file, externalData }: Pick<ModelDescription, 'weights' | 'externalData'>,
): Map<string, PackageFile> {
  if (file === undefined) return new Map();
  const files = new Map(
    externalFiles(weights).map((name): [string, PackageFile] => [
      name,
      { path: posix.join(posix.dirname(file.path), name) },
    ]),
  );
  if (externalData === undefined) return files;
  const named = [...files.keys()].find((name) => posix.basename(name) === posix.basename(externalData.path));
  if (named === undefined)
    throw broken('weights.onnx.external_data', `the weights have no tensors in ${externalData.path}`);
  return files.set(named, externalData);
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
/** Wider than any plane: what has objects already is predicted in one piece. */
const wholePlane = 2 ** 30;
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
  if (settings.instances.method !== 'labels')
    return { y, x, square: input.square, halo, target: settings.tile ?? usualTile, crop, grid };
  if (fixed < Infinity)
    throw unsupported(
      'config.labdeploy.instances.method',
      'labels of an input of a fixed size: objects would be cut where tiles meet',
    );
  return { y, x, square: input.square, halo: 0, target: wholePlane, crop, grid };
}
