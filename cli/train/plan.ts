import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabelledImage } from './labelled-images.ts';

/** What the trainer is told beside the planes (models/nuclei/finetune.py). */
interface PlanSettings {
  /** The weights to begin with. */
  base: string;
  seed: number;
  epochs: number;
  /** Folder of the base's own training set. */
  replay: string | null;
}

/** Writes plan.json for images whose planes are in the folder. Equal plans are equal files, so that a stopped training goes on. */
export async function writePlan(
  folder: string,
  images: readonly LabelledImage[],
  settings: PlanSettings,
): Promise<void> {
  const byHash = [...images].sort((a, b) => (`${a.hash}${a.labelHash}` < `${b.hash}${b.labelHash}` ? -1 : 1));
  const plan = { ...settings, planes: byHash.flatMap(({ planes }) => planes) };
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
}
