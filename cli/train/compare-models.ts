import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { drawPreview } from '../../functions/image/preview.ts';
import { openEngine } from '../../functions/model/engine/engine.ts';
import { foundObjects, type Score } from '../../functions/model/score.ts';
import type { ReadingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { modelInput } from '../../functions/stages/predict/channel.ts';
import type { ImageScores } from './gate.ts';
import type { Pictures } from './report-page.ts';
import { type ScoredPlane, scoreImage } from './score-image.ts';

/** An image and its labels, as paths. */
export interface LabelledFiles {
  image: string;
  label: string;
}

export interface Comparing {
  reading: ReadingThreads;
  /** Channel to predict, as the user named it. */
  wish: string | undefined;
  signal: AbortSignal;
}

/** Of one image: scores at each threshold, and for each plane the labels of the objects that are found at IoU 0.5. */
export interface FileScores {
  scores: Score[];
  found: Set<number>[];
}

/** Scores a model on each file. */
export async function scoreFiles(
  folder: string,
  files: readonly LabelledFiles[],
  { scored, ...comparing }: Comparing & { scored(): void },
): Promise<FileScores[]> {
  const all: FileScores[] = [];
  await eachFile(folder, files, comparing, async (_, scoresOf) => {
    const found: Set<number>[] = [];
    const scores = await scoresOf(({ predicted, truth }) => found.push(foundObjects(predicted, truth, 0.5)));
    all.push({ scores, found });
    scored();
  });
  return all;
}

/** Before and after at IoU 0.5 of each file, in their order. */
export function imageScores(
  files: readonly LabelledFiles[],
  before: readonly FileScores[],
  after: readonly FileScores[],
): ImageScores[] {
  return files.map(({ image }, i) => {
    const [was, is] = [before[i]!, after[i]!];
    const only = (a: FileScores, b: FileScores): number =>
      a.found.reduce((sum, own, plane) => sum + [...own].filter((label) => !b.found[plane]!.has(label)).length, 0);
    return {
      image: basename(image),
      before: was.scores[0]!,
      after: is.scores[0]!,
      gained: only(is, was),
      lost: only(was, is),
    };
  });
}

/** Pictures of the middle plane of each file, by the model before and by the one after. */
export async function drawPictures(
  { before, after }: { before: string; after: string },
  files: readonly LabelledFiles[],
  comparing: Comparing,
): Promise<Pictures[]> {
  const [was, is] = [await middlePlanes(before, files, comparing), await middlePlanes(after, files, comparing)];
  const pictures: Pictures[] = [];
  for (const [i, { image }] of files.entries()) {
    const { plane, truth } = is[i]!;
    pictures.push({
      image: basename(image),
      truth: await drawPreview(plane, Uint32Array.from(truth)),
      before: await drawPreview(plane, was[i]!.predicted),
      after: await drawPreview(plane, is[i]!.predicted),
    });
  }
  return pictures;
}

async function middlePlanes(
  folder: string,
  files: readonly LabelledFiles[],
  comparing: Comparing,
): Promise<ScoredPlane[]> {
  const middle: ScoredPlane[] = [];
  await eachFile(folder, files, comparing, async (_, scoresOf) => {
    const planes: ScoredPlane[] = [];
    await scoresOf((plane) => planes.push(plane));
    middle.push(planes[Math.floor(planes.length / 2)]!);
  });
  return middle;
}

/** `scoresOf` predicts the file, shows each plane to `see`, and gives its scores. */
async function eachFile(
  folder: string,
  files: readonly LabelledFiles[],
  { reading, wish, signal }: Comparing,
  visit: (file: LabelledFiles, scoresOf: (see: (plane: ScoredPlane) => void) => Promise<Score[]>) => Promise<void>,
): Promise<void> {
  const model = await reading.openModel(folder);
  await using engine = await openEngine(model, { workers: availableParallelism() });
  const scoring = { engine, reading, input: modelInput(model.description), wish, diameter: undefined, signal };
  for (const file of files) await visit(file, (see) => scoreImage(file.image, file.label, { ...scoring, see }));
}
