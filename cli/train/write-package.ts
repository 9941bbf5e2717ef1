import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { descriptionFile, type TrainablePackage } from './base-model.ts';
import { cardReadme } from './card-readme.ts';
import type { TrainingCard } from './training-card.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Makes a BioImage.IO package in `work`: that of the base, with the weights and the test tensors that the trainer wrote
 * there. It has no time, so that equal trainings give equal bytes. Returns its folder.
 */
export async function makePackage(
  description: TrainablePackage,
  work: string,
  { name, card }: { name: string; card: TrainingCard },
): Promise<string> {
  const { timestamp: _, covers: _covers, cite: _cite, ...from } = structuredClone(description);
  const [input, output] = [from.inputs[0].test_tensor, from.outputs[0].test_tensor];
  const made = join(work, 'package');
  await rm(made, { recursive: true, force: true });
  const copies: [string, string][] = [
    [join(work, 'test_input.npy'), input.source],
    [join(work, 'test_output.npy'), output.source],
    [join(work, 'weights.onnx'), from.weights.onnx.source],
  ];
  for (const [source, target] of copies) {
    await mkdir(dirname(join(made, target)), { recursive: true });
    await copyFile(source, join(made, target));
  }
  input.sha256 = sha256(await readFile(join(made, input.source)));
  output.sha256 = sha256(await readFile(join(made, output.source)));
  from.weights.onnx.sha256 = sha256(await readFile(join(made, from.weights.onnx.source)));
  const halo = Math.max(0, ...from.outputs[0].axes.map((axis) => axis.halo ?? 0));
  for (const { size } of from.inputs[0].axes)
    if (size !== undefined) size.min = Math.max(size.min, leastSide(size.step, halo));
  const text = stringify({
    ...from,
    name: packageName(name),
    description: `${card.parent}, trained further on ${card.objects} objects of ${card.images} images by labdeploy train.`,
    documentation: 'README.md',
    ...(description.cite !== undefined && { cite: description.cite }),
    config: { ...from.config, training: card },
  });
  await writeFile(join(made, descriptionFile), text);
  await writeFile(join(made, 'README.md'), cardReadme(name, card, description.license ?? 'as its parent'));
  return made;
}

/** Rows and columns at least, px: more than the halo on both sides, as format 0.5 wants it. */
const leastSide = (step: number, halo: number): number => step * Math.floor(1 + (2 * halo) / step);

/** Format 0.5 wants 5 characters or more, and few others than letters and digits. */
export function packageName(name: string): string {
  const plain = name.replace(/[^\w ()-]/g, '-');
  return plain.length < 5 ? `model ${plain}` : plain.slice(0, 128);
}

/** Moves a package to its folder, in place of the one before, which is in `work` until the new one is there. */
export async function installPackage(made: string, folder: string, work: string): Promise<void> {
  const previous = previousPackage(folder, work);
  await rm(previous, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, previous);
  await mkdir(dirname(folder), { recursive: true });
  await rename(made, folder);
  await rm(previous, { recursive: true, force: true });
}

/** Where the package of a folder lies while it is replaced. */
export const previousPackage = (folder: string, work: string): string => join(work, `previous-${basename(folder)}`);
