import { Failure } from '../../functions/core/errors.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import type { Plane } from '../../functions/image/image.ts';
import { besideFile } from '../../functions/image/sibling-files.ts';
import type { Engine } from '../../functions/model/engine/engine.ts';
import { knownPixels, type LabelImage, type Score, scoreLabels, totalScores } from '../../functions/model/score.ts';
import { admitPlanes, largestPlane } from '../../functions/runtime/admit-planes.ts';
import type { ReadingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { type ModelInput, planeFacts, readChosen } from '../../functions/stages/predict/channel.ts';
import { chooseFilled, likelyPositions } from '../../functions/stages/predict/filled-sample.ts';
import { middlePosition, planePositions } from '../../functions/stages/predict/plane-indices.ts';
import { planeMemory } from '../../functions/stages/predict/plane-memory.ts';
import { chooseScale, restored, scaled } from '../../functions/stages/predict/scale.ts';

/** Objects of one plane as a model finds them, and as they are labelled; none where labels do not say what is there. */
export interface ScoredPlane {
  plane: Plane;
  predicted: Uint32Array;
  truth: LabelImage;
}

export interface Scoring {
  engine: Engine;
  reading: ReadingThreads;
  input: ModelInput;
  /** Channel to predict, as the user named it. */
  wish: string | undefined;
  /** Of the objects, px; absent: estimated. */
  diameter: number | undefined;
  signal: AbortSignal;
  /** Gets each plane, in order. */
  see?(plane: ScoredPlane): void;
}

/** Scores of one image against its labels at each threshold, planes of a stack counted together. */
export async function scoreImage(
  imageFile: string,
  labelFile: string,
  { engine, reading, input, wish, diameter, signal, see }: Scoring,
): Promise<Score[]> {
  await using imageSource = await openFileSource(imageFile);
  await using labelSource = await openFileSource(labelFile);
  await using image = await reading.openImage(imageSource, besideFile(imageFile));
  await using labelImage = await reading.openImage(labelSource, besideFile(labelFile));
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
    const { data } = await labelImage.readPlane({ ...position, channel: 0 });
    if (data.length !== labels.length)
      throw new Failure('imageBroken', {
        detail: `${labelFile} has planes of ${data.length} pixels, the image of ${labels.length}`,
      });
    const known = knownPixels(labels, asLabels(data));
    scores.push(scoreLabels(known.predicted, known.truth));
    see?.({ plane: planes[0]!, ...known });
  }
  return totalScores(scores);
}

const asLabels = (data: Plane['data']): LabelImage =>
  data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Uint32Array || data instanceof Int32Array
    ? data
    : Float64Array.from(data as ArrayLike<number | bigint>, Number);
