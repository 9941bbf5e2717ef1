import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { scoreFiles } from '../cli/train/compare-models.ts';
import { readImages } from '../cli/train/read-images.ts';
import { readSides } from '../cli/train/read-sides.ts';
import { trainPixels } from '../cli/train/train-pixels.ts';
import { begunCard } from '../cli/train/training-card.ts';
import { totalScores } from '../functions/model/score.ts';
import { readingThreads } from '../functions/runtime/reading/reading-threads.ts';
import { modelInput } from '../functions/stages/predict/channel.ts';
import { root } from './tools.ts';

/*
 * node bench/train-curve.ts FOLDER
 *
 * How good the pixel classifier gets with few labels. FOLDER: data sets as `models/nuclei/curve.py --write FOLDER` writes
 * them. Prints F1 at IoU 0.5 on the images that are scored, and seconds of processor time of the training.
 */
const seed = 1;
const folder = resolve(process.argv[2] ?? '.');
const { signal } = new AbortController();
await using reading = readingThreads();
const nuclei = await reading.openModel(join(root, 'models/nuclei'));
const input = modelInput(nuclei.description);

process.stdout.write('| images | objects labelled | F1 | seconds |\n|---|---|---|---|\n');
for (const name of (await readdir(folder)).sort()) {
  const work = await mkdtemp(join(tmpdir(), 'labdeploy-curve-'));
  const { f1, objects, seconds } = await measure(join(folder, name), work);
  process.stdout.write(`| ${name} | ${objects} | ${f1.toFixed(3)} | ${seconds.toFixed(1)} |\n`);
  await rm(work, { recursive: true });
}

async function measure(set: string, work: string): Promise<{ f1: number; objects: number; seconds: number }> {
  const given = await readSides(join(set, 'sides.json'));
  const folders = { images: join(set, 'images'), labels: join(set, 'labels'), earlier: {}, given };
  const images = await readImages(folders, { reading, input, wish: undefined, folder: work }, signal);
  const objects = images.trained.reduce((sum, image) => sum + image.objects, 0);
  const before = process.cpuUsage();
  const trained = await trainPixels(images, { reading, work, seed, signal });
  const { user, system } = process.cpuUsage(before); // µs, of all threads
  const kind = { kind: 'pixel classifier', parent: 'Nuclei', parent_sha256: '', seed } as const;
  const made = await trained.writePackage('curve', begunCard(images, kind));
  const scores = await scoreFiles(made, images.aside, { reading, wish: undefined, signal, scored: () => {} });
  const [{ f1 } = { f1: Number.NaN }] = totalScores(scores.map((each) => each.scores));
  return { f1, objects, seconds: (user + system) / 1e6 };
}
