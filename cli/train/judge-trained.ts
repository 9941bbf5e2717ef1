import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { totalScores } from '../../functions/model/score.ts';
import {
  type Comparing,
  drawPictures,
  type FileScores,
  imageScores,
  type LabelledFiles,
  scoreFiles,
} from './compare-models.ts';
import { judge } from './gate.ts';
import type { TrainingReport } from './report-page.ts';

/** Images whose pictures are in the report. */
const mostPictures = 6;

/** Packages, as folders. */
interface Models {
  base: string;
  /** The model to be better than. */
  offered: string;
  made: string;
}

interface Judging extends Comparing {
  /** Folder with images/ and labels/ that the base was made for and not trained on. */
  heldOut: string;
  scored(done: number, total: number): void;
}

/** Scores the trained model and those before it, and judges. */
export async function judgeTrained(
  { base, offered, made }: Models,
  aside: readonly LabelledFiles[],
  { heldOut, scored, ...comparing }: Judging,
): Promise<Pick<TrainingReport, 'verdict' | 'aside' | 'curves' | 'pictures'>> {
  const own = (await readdir(join(heldOut, 'images'))).sort().map((file) => ({
    image: join(heldOut, 'images', file),
    label: join(heldOut, 'labels', file),
  }));
  let done = 0;
  const total = 2 * (aside.length + own.length);
  const score = (folder: string, files: readonly LabelledFiles[], wish: string | undefined): Promise<FileScores[]> =>
    scoreFiles(folder, files, { ...comparing, wish, scored: () => scored(++done, total) });
  const [before, after] = [await score(offered, aside, comparing.wish), await score(made, aside, comparing.wish)];
  const [ownBefore, ownAfter] = [await score(base, own, undefined), await score(made, own, undefined)];
  const images = imageScores(aside, before, after);
  const all = (files: readonly FileScores[]) => totalScores(files.map(({ scores }) => scores));
  const verdict = judge(images, { before: all(ownBefore)[0]!, after: all(ownAfter)[0]! });
  const worst = images
    .map((scores, i) => ({ f1: scores.after.f1, name: scores.image, files: aside[i]! }))
    .sort((a, b) => a.f1 - b.f1 || (a.name < b.name ? -1 : 1))
    .slice(0, mostPictures);
  const pictures = await drawPictures(
    { before: offered, after: made },
    worst.map(({ files }) => files),
    comparing,
  );
  return { verdict, aside: images, curves: { before: all(before), after: all(after) }, pictures };
}
