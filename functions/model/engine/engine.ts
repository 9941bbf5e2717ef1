import { limiter } from '../../async/semaphore.ts';
import type { Plane } from '../../image/image.ts';
import type { Invoke } from '../../ports/endpoint.ts';
import type { BegunMaps, Predictor, Segmenter } from '../../ports/predictor.ts';
import { startContainer } from '../container/start-container.ts';
import { mapNames } from '../package/maps.ts';
import { type ModelPackage, tileRules } from '../package/package.ts';
import { allowCollecting, collect } from './collect-garbage.ts';
import { sharePlane } from './pixels.ts';
import { planeSize, refuseLine } from './plane-size.ts';
import { openPool } from './pool.ts';
import { allocateMaps, hasLateSteps, mapSize, type PlaneTask } from './predict-plane.ts';
import { remoteEngine } from './remote-engine.ts';
import { planTiles, type Span } from './tiles.ts';

export interface EngineOptions {
  /** Threads, each with a session of its own; tiles of one plane spread over all of them. */
  workers: number;
  /** Threads inside each session; more than one only pays where planes are few and small. */
  threadsPerWorker?: number;
  /** The network runs elsewhere and is asked by this; the threads only find objects and measure. */
  remote?: Invoke;
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
  const samples = names.length / description.outputs[0]!.grid ** 2; // of all maps, a pixel of the plane
  allowCollecting();
  const container = options.remote === undefined ? await startContainer(model) : undefined;
  const { weights, external } = model;
  const setup = { ...{ weights, external, description }, threads: options.threadsPerWorker ?? 1, url: container?.url };
  const pool = await openPool(setup, options.workers).catch(async (error: unknown) => {
    await container?.[Symbol.asyncDispose]();
    throw error;
  });

  const mapBytes = (pixels: number): number => 4 * samples * pixels;
  const largeInTurn = limiter(Math.ceil(options.workers / 2));
  let dropped = 0;
  /** So many bytes of shared memory will be let go of soon. */
  const drop = (bytes: number): void => {
    dropped += bytes;
    if (dropped < collectAfter) return;
    dropped = 0;
    collect();
    pool.collect();
  };

  /** Without `halt` all rows at once. */
  const predictPart = async (
    planes: readonly Plane[],
    { begun, halt, facts }: Partial<Parameters<Predictor['predictRows']>[1]>,
    signal: AbortSignal | undefined,
  ): Promise<BegunMaps> => {
    const { height, width } = planeSize(planes, description);
    if (begun?.rows === height) return begun;
    const plan = planTiles(height, width, rules);
    refuseLine(height, width, plan);
    const task: PlaneTask = {
      planes: planes.map(sharePlane),
      maps: begun?.maps.data ?? allocateMaps(description, height, width),
      plan: { height: plan.height, width: plan.width },
      facts,
    };
    const rows = plan.y.spans.filter(({ to }) => to > (begun?.rows ?? 0));
    let done: number;
    if (plan.y.spans.length === 1 && plan.x.spans.length === 1) {
      await pool.run('plane', { task, at: { y: plan.y.spans[0]!, x: plan.x.spans[0]! } }, { signal });
      done = height;
    } else {
      const prepared = await pool.run('prepare', { task }, { signal });
      // enough tiles that no worker idles while a row ends
      const ahead = halt ? Math.max(2, Math.ceil((2 * options.workers) / plan.x.spans.length)) : rows.length;
      done = await inRows(rows, { ahead, halt: halt ?? (() => false), signal }, (y, stop) =>
        plan.x.spans.map((x) => pool.run('tile', { task, prepared, at: { y, x } }, { signal: stop })),
      );
      if (done === height && hasLateSteps(description)) await pool.run('finish', { task }, { signal, urgent: true });
    }
    drop(inputBytes(task.planes) + mapBytes(height * width));
    return { maps: { ...mapSize(description, height, width), names, data: task.maps }, rows: done };
  };

  /** As predictPart; where the model's program has ended, its last words stand in the error. */
  const predictRows: typeof predictPart = (...work) =>
    predictPart(...work).catch((error: unknown) => {
      throw container?.explain(error) ?? error;
    });

  const engine: Engine = {
    model: model.identity,
    predict: async (planes, signal, facts) => (await predictRows(planes, facts ? { facts } : {}, signal)).maps,
    predictRows,
    async segment(plane, { names: mapsNames, data, grid, width: columns }, options, signal) {
      const ask = {
        plane: sharePlane(plane),
        maps: {
          names: mapsNames,
          data,
          width: columns,
          ...(grid && { grid }),
        },
        ...options,
      };
      const pixels = plane.height * plane.width;
      const isAsPredicted = (options.factor ?? 1) === 1 && options.given !== true; // plane and maps are counted already
      const left = 4 * pixels + (isAsPredicted ? 0 : inputBytes([plane]) + mapBytes(pixels));
      const work = () => pool.run('segment', ask, { signal, urgent: true });
      const segmentation = pixels < largePlane ? work() : largeInTurn(work);
      // By then the caller has let go of the plane and its maps, unless it still needs them.
      return segmentation.finally(() => setImmediate(drop, left));
    },
    async measure(plane, regions, options, signal) {
      const ask = { plane: sharePlane(plane), regions, ...options };
      const measured = await pool.run('measure', ask, { signal, urgent: true });
      setImmediate(drop, plane.data.byteLength);
      return measured;
    },
    memoryBytes: (height, width) => height * width * bytesPerPixel(description.input.channels.length, samples),
    async [Symbol.asyncDispose]() {
      await pool.close();
      await container?.[Symbol.asyncDispose]();
    },
  };
  return options.remote === undefined ? engine : remoteEngine(engine, description, options.remote);
}

/**
 * Starts rows of tiles in their order, at most `ahead` at a time, until `halt` says so, and waits for them. Returns where
 * the last one ends. The first tile that fails stops those that still wait, and its error is thrown.
 */
async function inRows(
  rows: readonly Span[],
  { ahead, halt, signal }: { ahead: number; halt(): boolean; signal: AbortSignal | undefined },
  start: (row: Span, stop: AbortSignal) => Promise<unknown>[],
): Promise<number> {
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const running: Promise<unknown>[] = [];
  let done = 0;
  try {
    for (const row of rows) {
      if (done > 0 && halt()) break;
      const tiles = start(row, stop);
      const whole = allOf(tiles);
      whole.catch((error: unknown) => failed.abort(error)); // thrown when its turn comes
      running.push(whole);
      done = row.to;
      if (running.length >= ahead) await running.shift();
    }
    for (const row of running) await row;
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
  return done;
}

/**
 * Pixels from which on planes are segmented by half of the workers at most, while the others predict the next: at its
 * peak segmentation takes more memory than anything else, and both at once on every worker would double it.
 */
const largePlane = 4 << 20;

/** Input on shared memory (of up to 32 bits a sample), float32 maps, and what segment needs at its peak. */
const bytesPerPixel = (channels: number, maps: number): number => 4 * channels + 4 * maps + segmentBytesPerPixel;
/** Heights 4, levels 2, labels 4, and where the mask is one large part its order and queue, 8. */
const segmentBytesPerPixel = 18;

/** Shared memory that may wait to be freed, over what is in use. */
const collectAfter = 64 * 2 ** 20;

const inputBytes = (planes: readonly Pick<Plane, 'data'>[]): number =>
  planes.reduce((sum, { data }) => sum + data.byteLength, 0);

/** All results, or the first error once none of the others goes on. */
async function allOf<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  try {
    return await Promise.all(tasks);
  } finally {
    await Promise.allSettled(tasks);
  }
}
