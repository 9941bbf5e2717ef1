import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { openEngine } from '../../functions/model/engine/engine.ts';
import { type Score, totalScores } from '../../functions/model/score.ts';
import { readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { modelInput } from '../../functions/stages/predict/channel.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';
import { imagesIn, pairUp } from '../train/pair-labels.ts';
import { scoreImage } from '../train/score-image.ts';

export interface ScoreOptions {
  images: string;
  labels: string;
  channel?: string;
  diameter?: number;
}

/** Predicts every image that has labels and says how well the objects match; planes of a stack are counted together. */
export async function scoreModelAction(
  name: string,
  options: ScoreOptions,
  { io, cwd, signal }: CommandContext,
): Promise<void> {
  const [images, labels] = [resolve(cwd, options.images), resolve(cwd, options.labels)];
  const pairs = pairUp(await imagesIn(images), await imagesIn(labels), images === labels);
  if (pairs.length === 0) throw new UserError('nothingScored', { images, labels });
  await using reading = readingThreads();
  const model = await reading.openModel(findModel(name, cwd));
  await using engine = await openEngine(model, { workers: availableParallelism() });
  const input = modelInput(model.description);
  const scored: { image: string; thresholds: Score[] }[] = [];
  for (const { image, label } of pairs)
    scored.push({
      image,
      thresholds: await scoreImage(join(images, image), join(labels, label), {
        engine,
        reading,
        input,
        wish: options.channel,
        diameter: options.diameter,
        signal,
      }),
    });
  if (scored.length > 1)
    scored.push({ image: 'all', thresholds: totalScores(scored.map(({ thresholds }) => thresholds)) });
  io.emit('model.scored', { model: model.identity.name, images: scored });
}
