import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Failure } from '../../functions/core/errors.ts';
import { withoutImageEnding } from '../../functions/core/image-names.ts';
import { isImagePath } from '../../functions/core/paths.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import type { Plane } from '../../functions/image/image.ts';
import { besideFile } from '../../functions/image/sibling-files.ts';
import { type Engine, openEngine } from '../../functions/model/engine/engine.ts';
import { type LabelImage, type Score, scoreLabels, totalScores } from '../../functions/model/score.ts';
import { admitPlanes, largestPlane } from '../../functions/runtime/admit-planes.ts';
import { type ReadingThreads, readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { type ModelInput, modelInput, planeFacts, readChosen } from '../../functions/stages/predict/channel.ts';
import { chooseFilled, likelyPositions } from '../../functions/stages/predict/filled-sample.ts';
import { middlePosition, planePositions } from '../../functions/stages/predict/plane-indices.ts';
import { planeMemory } from '../../functions/stages/predict/plane-memory.ts';
import { chooseScale, restored, scaled } from '../../functions/stages/predict/scale.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';

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
  const pairs = pairUp(await tiffsIn(images), await tiffsIn(labels), images === labels);
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

async function tiffsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isImagePath).sort();
  } catch (error) {
    throw new UserError('inputMissing', { path: folder }, { cause: error });
  }
}

const stem = (name: string) => withoutImageEnding(basename(name));

/** An image and its labels: of the same name, or with `-labels` or `_labels` behind it. In one folder no image is its own labels. */
export function pairUp(
  images: readonly string[],
  labels: readonly string[],
  oneFolder: boolean,
): { image: string; label: string }[] {
  const byStem = new Map(labels.map((label) => [stem(label), label]));
  return images.flatMap((image) => {
    const own = stem(image);
    const named = byStem.get(`${own}-labels`) ?? byStem.get(`${own}_labels`);
    const label = named ?? (oneFolder ? undefined : byStem.get(own));
    return label === undefined ? [] : [{ image, label }];
  });
}

interface Scoring {
  engine: Engine;
  reading: ReadingThreads;
  input: ModelInput;
  wish: string | undefined;
  diameter: number | undefined;
  signal: AbortSignal;
}

async function scoreImage(
  imageFile: string,
  labelFile: string,
  { engine, reading, input, wish, diameter, signal }: Scoring,
): Promise<Score[]> {
  await using imageSource = await openFileSource(imageFile);
  await using labelSource = await openFileSource(labelFile);
  await using image = await reading.openImage(imageSource, besideFile(imageFile));
  await using truth = await reading.openImage(labelSource, besideFile(labelFile));
  const leave = await admitPlanes(largestPlane())(planeMemory(image, engine)); // refuses what would end the process
  leave();
  const positions = [...planePositions(image.info)];
  const choice = await chooseFilled(image, { input, wish, positions: likelyPositions(positions) });
  const clues = {
    diameter,
    pixelSize: image.info.pixelSize,
    size: image.info,
    look: () => readChosen(image, middlePosition(image.info), choice),
  };
  const scale = await chooseScale(input.scale, clues, engine, signal);
  const scores: Score[][] = [];
  for (const position of positions) {
    const planes = await readChosen(image, position, choice);
    const facts = planeFacts(image.info, choice, scale.factor);
    const predicted = await engine.predict(await scaled(planes, scale), signal, facts);
    const maps = await restored(predicted, scale, planes[0]!);
    const { labels } = await engine.segment(planes[0]!, maps, { preview: false, factor: scale.factor }, signal);
    const { data } = await truth.readPlane({ ...position, channel: 0 });
    if (data.length !== labels.length)
      throw new Failure('imageBroken', {
        detail: `${labelFile} has planes of ${data.length} pixels, the image of ${labels.length}`,
      });
    scores.push(scoreLabels(labels, asLabels(data)));
  }
  return totalScores(scores);
}

const asLabels = (data: Plane['data']): LabelImage =>
  data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Uint32Array || data instanceof Int32Array
    ? data
    : Float64Array.from(data as ArrayLike<number | bigint>, Number);
