import { Failure } from '../core/errors.ts';
import { turns } from '../core/gate.ts';
import type { Maps, Predictor, Segmenter } from '../ports/predictor.ts';
import { allowCollecting, collect } from './collect.ts';
import { mapNames } from './maps.ts';
import { type ModelPackage, tileRules } from './package.ts';
import { sharePlane } from './pixels.ts';
import { openPool } from './pool.ts';
import { allocateMaps, hasLateSteps, type PlaneTask } from './predict-plane.ts';
import { planTiles } from './tiles.ts';

export interface EngineOptions {
  /** Threads, each with a session of its own; tiles of one plane spread over all of them. */
  workers: number;
  /** Threads inside each session; more than one only pays where planes are few and small. */
  threadsPerWorker?: number;
}

export type Engine = Predictor & Segmenter;

/**
 * Starts the model on worker threads (`session.run` blocks its thread). Planes are best given on shared memory; others
 * are copied there. Throws `modelBroken` and `modelUnsupported` where the weights do not fit the description.
 */
export async function openEngine(model: ModelPackage, options: EngineOptions): Promise<Engine> {
  const { description } = model;
  const rules = tileRules(description);
  const names = mapNames(description);
  allowCollecting();
  const pool = await openPool(
    { weights: model.weights, description, threads: options.threadsPerWorker ?? 1 },
    options.workers,
  );

  const largeInTurn = turns(Math.ceil(options.workers / 2));
  let dropped = 0;
  /** So many bytes of shared memory will be let go of soon. */
  const drop = (bytes: number): void => {
    dropped += bytes;
    if (dropped < collectAfter) return;
    dropped = 0;
    collect();
    pool.collect();
  };

  return {
    model: model.identity,
    async predict(planes, signal) {
      const [first] = planes;
      if (!first || planes.length !== description.input.channels.length)
        throw new RangeError(`${planes.length} planes for ${description.input.channels.length} channels`);
      const { height, width } = first;
      for (const plane of planes)
        if (
          plane.height !== height ||
          plane.width !== width ||
          plane.samples !== 1 ||
          plane.data.length !== height * width
        )
          throw new RangeError('planes of different sizes, or of more than one sample a pixel');
      if (height * width === 0) throw new Failure('modelFailed', [`an image of ${height} x ${width} pixels`]);

      const plan = planTiles(height, width, rules);
      const task: PlaneTask = {
        planes: planes.map(sharePlane),
        maps: allocateMaps(description, height, width),
        plan: { height: plan.height, width: plan.width },
      };
      const maps: Maps = { height, width, names, data: task.maps };
      const positions = plan.y.spans.flatMap((y) => plan.x.spans.map((x) => ({ y, x })));
      if (positions.length === 1) {
        await pool.run('plane', { task, at: positions[0]! }, { signal });
        drop(height * width * droppedPerPixel(planes.length, names.length));
        return maps;
      }
      const prepared = await pool.run('prepare', { task }, { signal });
      await together(signal, (stop) =>
        positions.map((at) => pool.run('tile', { task, prepared, at }, { signal: stop })),
      );
      if (hasLateSteps(description)) await pool.run('finish', { task }, { signal, urgent: true });
      drop(height * width * droppedPerPixel(planes.length, names.length));
      return maps;
    },
    async segment(plane, { names: mapsNames, data }, { pixelSize, preview }, signal) {
      const ask = {
        plane: sharePlane(plane),
        maps: { names: mapsNames, data },
        preview,
        ...(pixelSize && { pixelSize }),
      };
      const pixels = plane.height * plane.width;
      const work = () => pool.run('segment', ask, { signal, urgent: true });
      const segmentation = pixels < largePlane ? work() : largeInTurn(work);
      // By then the caller has let go of the plane and its maps, unless it still needs them.
      return segmentation.finally(() => setImmediate(drop, pixels * droppedPerPixel(1, names.length)));
    },
    memoryBytes: (height, width) => height * width * bytesPerPixel(description.input.channels.length, names.length),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/**
 * Pixels from which on planes are segmented by half of the workers at most, while the others predict the next: at its
 * peak segmentation takes more memory than anything else, and both at once on every worker would double it.
 */
const largePlane = 4 << 20;

/** Waits for all; the first that fails stops those that still wait, and its error is thrown. */
async function together(
  signal: AbortSignal | undefined,
  start: (stop: AbortSignal) => Promise<unknown>[],
): Promise<void> {
  const failed = new AbortController();
  const running = start(signal ? AbortSignal.any([signal, failed.signal]) : failed.signal);
  try {
    await Promise.all(running);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
}

/** Input on shared memory (of up to 32 bits a sample), float32 maps, and what segment needs at its peak. */
const bytesPerPixel = (channels: number, maps: number): number => 4 * channels + 4 * maps + segmentBytesPerPixel;
/** Heights 4, levels 2, labels 4, and where the mask is one large part its order and queue, 8. */
const segmentBytesPerPixel = 18;

/** Shared memory that may wait to be freed, over what is in use. */
const collectAfter = 64 * 2 ** 20;
/** Input, maps and labels: what a plane leaves behind on shared memory. */
const droppedPerPixel = (channels: number, maps: number): number => 2 * channels + 4 * maps + 4;
