import { join } from 'node:path';
import type { CommandContext } from '../context.ts';
import type { TrainablePackage } from './base-model.ts';
import { writePlan } from './plan.ts';
import type { TrainingImages } from './read-images.ts';
import { runTrainer } from './run-trainer.ts';
import type { Trained } from './trained.ts';
import { makePackage } from './write-package.ts';

interface NetworkOptions {
  python: string;
  seed: number;
  epochs: number;
  /** Folder of the base's own training set. */
  replay: string | undefined;
}

/** Trains the network of a base further. `work` has the planes and gets all that is made. */
export async function trainNetwork(
  { trained }: TrainingImages,
  { folder: base, description, work }: { folder: string; description: TrainablePackage; work: string },
  { python, seed, epochs, replay }: NetworkOptions,
  { io, env, signal }: CommandContext,
): Promise<Trained> {
  const weights = join(base, description.weights.onnx.source);
  await writePlan(work, trained, { base: weights, seed, epochs, replay: replay ?? null });
  return {
    ...(await runTrainer(python, work, { io, env, signal })),
    heldOut: { base, folder: join(work, 'held-out') },
    writePackage: (name, card) => makePackage(description, work, { name, card }),
  };
}
