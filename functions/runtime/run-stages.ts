import type { Failure } from '../core/errors.ts';
import type { PredictMessage, QueueName } from '../core/messages.ts';
import type { JobRef } from '../core/object-keys.ts';
import type { Ports } from '../ports/ports.ts';
import { notifyHandler } from '../stages/notify/handler.ts';
import { predictHandler } from '../stages/predict/handler.ts';
import type { PredictResult } from '../stages/predict/predict.ts';
import type { PredictServices } from '../stages/predict/services.ts';
import { sweepHandler } from '../stages/sweep/handler.ts';
import { unzipHandler } from '../stages/unzip/handler.ts';
import type { UnpackResult } from '../stages/unzip/unpack.ts';
import { zipHandler } from '../stages/zip/handler.ts';
import { consume, type Trouble, type WaitingQueue } from './consume.ts';
import { notifyInputs } from './notify-inputs.ts';
import { restrict } from './restrict.ts';
import { watchJob } from './watch-job.ts';

/** Deliveries before a message is dead, from the descriptors. */
export const attempts: Record<QueueName, number> = {
  unzip: unzipHandler.stage.attempts,
  files: predictHandler.stage.attempts,
  zips: zipHandler.stage.attempts,
  notices: notifyHandler.stage.attempts,
};

export interface LocalStages {
  ports: Ports & { queue: WaitingQueue };
  model: PredictServices['model'];
  /** labdeploy's own, for the manifest. */
  version: string;
  /** Images worked on at a time. */
  files: number;
  planesAhead: number;
  /** Waits until so many bytes may be used; the result gives them back. */
  admit(bytes: number): Promise<() => void>;
  /** Opens a file beside an image, by its name; absent where the folder is not there as a whole. */
  sibling?: PredictServices['sibling'];
  /** Waits until the disk has room; absent where it always has. `low`: why it waits. */
  room?: { wait(signal: AbortSignal, low: (error: Failure) => void): Promise<void> };
  onPlane?(message: PredictMessage, done: number, total: number): void;
  onFile?(message: PredictMessage, result: PredictResult): void;
  onUnpacked?(result: UnpackResult): void;
  onTrouble(trouble: Trouble): void;
}

/** A message that gave up waits for sweep; here nobody waits for the schedule. */
const sweepAfterTroubleMs = 500;

/**
 * Runs the stages on this machine, each with the accesses that its descriptor declares, until the signal is aborted or
 * the job `until` has ended. When it resolves nothing works on.
 */
export async function runStages(
  stages: LocalStages,
  { signal, until }: { signal: AbortSignal; until?: JobRef },
): Promise<void> {
  const { queue } = stages.ports;
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const jobs = until === undefined ? stages.ports.jobs : watchJob(stages.ports.jobs, until, () => ended.abort());
  const ports: Ports = { ...stages.ports, jobs, objects: notifyInputs(stages.ports.objects, queue) };

  const allowed = {
    unzip: restrict(unzipHandler.stage, ports),
    predict: restrict(predictHandler.stage, ports),
    zip: restrict(zipHandler.stage, ports),
    notify: restrict(notifyHandler.stage, ports),
    sweep: restrict(sweepHandler.stage, ports),
  };

  let sweeping: Promise<unknown> | undefined;
  const timer = setInterval(() => sweepSoon(), sweepHandler.stage.everySeconds * 1000);
  let soon: NodeJS.Timeout | undefined;
  const sweepSoon = () => {
    sweeping ??= sweepHandler
      .handle(allowed.sweep)
      .catch((error: unknown) => stages.onTrouble({ stage: 'sweep', attempt: 1, last: false, error }))
      .finally(() => {
        sweeping = undefined;
      });
  };
  const trouble = (each: Trouble) => {
    stages.onTrouble(each);
    // A notice that gave up keeps no job waiting.
    if (each.last && each.stage !== notifyHandler.stage.name) soon ??= setInterval(sweepSoon, sweepAfterTroubleMs);
  };

  /** All wait for the one look at the disk. */
  let looking: Promise<void> | undefined;
  const low = (error: Failure) => stages.onTrouble({ stage: 'service', attempt: 1, last: false, error });
  const ready = async () => {
    looking ??= stages.room?.wait(stop, low).finally(() => {
      looking = undefined;
    });
    await looking;
  };

  try {
    await Promise.all([
      consume(
        {
          stage: unzipHandler.stage,
          concurrency: 1,
          ready,
          async handle(message) {
            const result = await unzipHandler.handle(message, allowed.unzip, signal);
            stages.onUnpacked?.(result);
          },
        },
        queue,
        stop,
        trouble,
      ),
      consume(
        {
          stage: predictHandler.stage,
          concurrency: stages.files,
          ready,
          async handle(message) {
            const { model, planesAhead, admit, sibling } = stages;
            const onPlane = (done: number, total: number) => stages.onPlane?.(message, done, total);
            const services = {
              ...allowed.predict,
              model,
              planesAhead,
              admit,
              onPlane,
              signal,
              ...(sibling && { sibling }),
            };
            const result = await predictHandler.handle(message, services); // apart: an absent listener would skip its arguments
            stages.onFile?.(message, result);
          },
        },
        queue,
        stop,
        trouble,
      ),
      consume(
        {
          stage: zipHandler.stage,
          concurrency: 1,
          ready,
          handle: (message) => zipHandler.handle(message, { ...allowed.zip, version: stages.version, signal }),
        },
        queue,
        stop,
        trouble,
      ),
      consume(
        {
          stage: notifyHandler.stage,
          concurrency: 2, // so that one slow server does not keep the other
          handle: (message) => notifyHandler.handle(message, { ...allowed.notify, signal: stop }),
        },
        queue,
        stop,
        trouble,
      ),
    ]);
  } finally {
    clearInterval(timer);
    clearInterval(soon);
    await sweeping;
  }
}
