import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { forestModel } from '../../functions/forest/forest-model.ts';
import { trainForest } from '../../functions/forest/random-forest.ts';
import { openEngine } from '../../functions/model/engine/engine.ts';
import type { ReadingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { writeClassifierPackage, writeFeaturePackage } from './classifier-package.ts';
import { samplePixels } from './pixel-samples.ts';
import type { TrainingImages } from './read-images.ts';
import type { Trained } from './trained.ts';

const forest = { trees: 50, depth: 12, leastInLeaf: 3 };
/** Shares of background, inside and edge that make the maps `object` and `edge`. */
const mixing = [
  [0, 1, 1],
  [0, 0, 1],
];

/** Trains a pixel classifier: a random forest over filters. `work` has the planes and gets all that is made. */
export async function trainPixels(
  { trained }: TrainingImages,
  { reading, work, seed, signal }: { reading: ReadingThreads; work: string; seed: number; signal: AbortSignal },
): Promise<Trained> {
  const folder = join(work, 'features');
  await writeFeaturePackage(folder);
  await using engine = await openEngine(await reading.openModel(folder), { workers: availableParallelism() });
  const samples = await samplePixels(trained, { engine, folder: work, seed, signal });
  const weights = forestModel(trainForest(samples, { ...forest, seed }), mixing);
  const made = join(work, 'package');
  return {
    losses: [],
    versions: {},
    writePackage: async (name, card) => {
      await writeClassifierPackage(made, { name, card, weights }, reading);
      return made;
    },
  };
}
