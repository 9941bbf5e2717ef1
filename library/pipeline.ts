/// <reference lib="esnext.disposable" preserve="true" />
/// <reference lib="esnext.float16" preserve="true" />
/* `import { openPipeline } from 'labdeploy/pipeline'`: models on images, for scripts. */
import { availableParallelism } from 'node:os';
import { findModel } from '../cli/run/find-model.ts';
import type { Image, Plane } from '../functions/image/image.ts';
import { openEngine } from '../functions/model/engine/engine.ts';
import { openModel } from '../functions/model/package/package.ts';
import type { Maps, ModelIdentity, Segmentation } from '../functions/ports/predictor.ts';
import { chooseChannel, modelInput, planeFacts, readChosen } from '../functions/stages/predict/channel.ts';
import { type PlanePosition, planePositions } from '../functions/stages/predict/plane-indices.ts';

export { UserError } from '../cli/errors.ts';
export { Failure } from '../functions/core/errors.ts';
export type { Maps, Measurements, ModelIdentity, Segmentation } from '../functions/ports/predictor.ts';
export type { PlanePosition } from '../functions/stages/predict/plane-indices.ts';
export { type FolderOptions, type FolderResult, runFolder } from './run-folder.ts';

export interface PipelineOptions {
  /** A BioImage.IO package (folder or zip), or the name of a shipped model; default: `nuclei`. */
  model?: string;
  /** Worker threads; default: one a core. */
  workers?: number;
}

export interface PredictOptions {
  /** Zero-based number or name of the first channel that the model gets; default: the model's, else the first. */
  channel?: number | string;
  signal?: AbortSignal;
}

/** The model's output for one plane, and the plane itself: one sample a pixel. */
export interface PredictedPlane {
  at: PlanePosition;
  plane: Plane;
  maps: Maps;
}

/** Objects of one plane: labels, measurements by column (`area_px`), and a preview where it was asked for. */
export interface SegmentedPlane extends Segmentation {
  at: PlanePosition;
  plane: Plane;
}

/** A model that runs on worker threads until it is disposed of. */
export interface Pipeline extends AsyncDisposable {
  readonly model: ModelIdentity;
  /** Predicts an image plane by plane: position, then time, then depth. Throws `channelMissing` and what reading throws. */
  predict(image: Image, options?: PredictOptions): AsyncGenerator<PredictedPlane>;
  /** The same, then the objects of each plane. `preview`: also draw it, as PNG. */
  segment(image: Image, options?: PredictOptions & { preview?: boolean }): AsyncGenerator<SegmentedPlane>;
}

/** Loads a model. Throws `modelMissing`, `modelBroken` and `modelUnsupported`. */
export async function openPipeline({
  model: name = 'nuclei',
  workers = availableParallelism(),
}: PipelineOptions = {}): Promise<Pipeline> {
  const model = await openModel(findModel(name, process.cwd()));
  const engine = await openEngine(model, { workers });
  const input = modelInput(model.description);

  async function* predict(image: Image, { channel, signal }: PredictOptions = {}): AsyncGenerator<PredictedPlane> {
    const choice = chooseChannel(image.info, input, channel);
    for (const at of planePositions(image.info)) {
      const planes = await readChosen(image, at, choice);
      yield { at, plane: planes[0]!, maps: await engine.predict(planes, signal, planeFacts(image.info, choice, 1)) };
    }
  }

  return {
    model: engine.model,
    predict,
    async *segment(image, { preview = false, ...options } = {}) {
      const { pixelSize } = image.info;
      const how = { preview, ...(pixelSize !== undefined && { pixelSize }) };
      for await (const { at, plane, maps } of predict(image, options))
        yield { at, plane, ...(await engine.segment(plane, maps, how, options.signal)) };
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
