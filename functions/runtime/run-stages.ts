import type { Failure } from '../core/errors.ts';
import { type Feature, noFeatures } from '../core/features.ts';
import type { JobRef } from '../core/object-keys.ts';
import type { Ports } from '../ports/ports.ts';
import {
  isMessageHandler,
  isRoundHandler,
  type LoadableStage,
  type StageListener,
  type StageServices,
} from '../stages/handler.ts';
import type { Stage } from '../stages/stage.ts';
import { stages as allStages, stagesWith } from '../stages/stages.ts';
import { consume, type Trouble, type WaitingQueue } from './consume.ts';
import { notifyInputs } from './notify-inputs.ts';
import type { ReadingThreads } from './reading/reading-threads.ts';
import { restrict } from './restrict.ts';
import { startRounds } from './rounds.ts';
import { watchJob } from './watch-job.ts';

export interface LocalStages
  extends Pick<
    StageServices,
    'model' | 'packages' | 'version' | 'planesAhead' | 'admit' | 'guard' | 'sibling' | 'storage' | 'pictureTools'
  > {
  /** Reads images and zips; absent: this thread does. */
  reading?: ReadingThreads;
  ports: Ports & { queue: WaitingQueue };
  /** Images worked on at a time. */
  files: number;
  /** Waits until the disk has room; absent where it always has. `low`: why it waits. */
  storageQuota?: { wait(signal: AbortSignal, low: (error: Failure) => void): Promise<void> };
  listener?: StageListener;
  onTrouble(trouble: Trouble): void;
  /** Default: none. */
  features?: ReadonlySet<Feature>;
  /** Default: those of functions/stages that the features have. */
  stages?: readonly LoadableStage[];
}

/**
 * Runs the stages on this machine, each with the accesses that its descriptor declares, until the signal is aborted or
 * the job `until` has ended. When it resolves nothing works on.
 */
export async function runStages(
  { ports: all, reading, files, storageQuota, onTrouble, features = noFeatures, ...services }: LocalStages,
  { signal, until }: { signal: AbortSignal; until?: JobRef },
): Promise<void> {
  const { stages = stagesWith<LoadableStage>(features, allStages), ...given } = services;
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const jobs = until === undefined ? all.jobs : watchJob(all.jobs, until, () => ended.abort());
  const ports: Ports = { ...all, jobs, objects: notifyInputs(all.objects, all.queue) };
  const servicesOf = (stage: Stage): StageServices => ({
    ...given,
    ...(reading !== undefined && { openImage: reading.openImage, readZipDirectory: reading.readZipDirectory }),
    ...restrict(stage, ports),
    signal,
  });

  const handlers = await Promise.all(stages.map(async ({ load }) => (await load()).handler));
  const rounds = handlers.filter(isRoundHandler).map((handler) => {
    const { stage } = handler;
    return startRounds(
      stage,
      () => handler.handle(servicesOf(stage)),
      (error) => onTrouble({ stage: stage.name, attempt: 1, last: false, error }),
    );
  });
  const trouble = (each: Trouble) => {
    onTrouble(each);
    const { notifies } = handlers.find(({ stage }) => stage.name === each.stage)!.stage;
    // A message that gave up waits for sweep; but a notice keeps no job waiting.
    if (each.last && notifies !== true) for (const { hurry } of rounds) hurry();
  };
  const ready = waitForSpace(storageQuota, stop, onTrouble);
  try {
    await Promise.all(
      handlers.filter(isMessageHandler).map((handler) => {
        const { stage } = handler;
        const its = servicesOf(stage);
        return consume(
          {
            stage,
            concurrency: stage.concurrency === 'images' ? files : (stage.concurrency ?? 1),
            handle: (message) => handler.handle(message, its),
            // What makes room on the disk does not wait for it.
            ...(stage.writes.length > 0 && stage.freezes === undefined && { ready }),
          },
          all.queue,
          stop,
          trouble,
        );
      }),
    );
  } finally {
    for (const each of rounds) await each.stop();
  }
}

/** All stages wait for the same look at the disk. */
function waitForSpace(
  storageQuota: LocalStages['storageQuota'],
  stop: AbortSignal,
  onTrouble: LocalStages['onTrouble'],
) {
  const low = (error: Failure) => onTrouble({ stage: 'service', attempt: 1, last: false, error });
  let looking: Promise<void> | undefined;
  return async () => {
    looking ??= storageQuota?.wait(stop, low).finally(() => {
      looking = undefined;
    });
    await looking;
  };
}
