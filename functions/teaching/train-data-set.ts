import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSet, noteTraining, type Training } from '../core/data-set.ts';
import { dataSetRef, sentPackageRef, trainingReportRef } from '../core/object-keys.ts';
import { sidesOf } from '../jobs/data-set-card.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataSets } from '../ports/data-sets.ts';
import type { Models } from '../ports/models.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { runTraining, type TrainCommand, type TrainingEnd } from './train-process.ts';

/** A package as a zip, until it is disposed of. */
interface PackedPackage extends AsyncDisposable {
  file: string;
  bytes: number;
}

export interface TeachingSetup extends TrainCommand {
  /** Of the process that trains. */
  env: NodeJS.ProcessEnv;
  /** Python with PyTorch, for networks. */
  python: string;
  /** Path of the model that networks continue, and that others are compared with. */
  base: string;
  pack(folder: string): Promise<PackedPackage>;
}

export interface TrainingServices {
  dataSets: Pick<DataSets, 'change'>;
  objects: ObjectStore;
  models: Pick<Models, 'add'>;
  clock: Clock;
  setup: TeachingSetup;
  /** Where trainings work, and keep the models that were better. */
  folder: string;
  newId(): string;
  /** Keeps a model that is better, where the folder goes with the machine; `model`: the folder of its package. */
  keepModel?(dataSet: DataSet, model: string): Promise<void>;
  /** The machine that works on it, as of now, where that is another than the service's. */
  machine?(): NonNullable<Training['machine']>;
  onTrouble(error: unknown): void;
}

/** A training of a service that was killed may still be ending: it is waited for so long. */
const [lockedAgainMs, lockedTries] = [2000, 60];

/** A training ends without a word of its own: its user stopped it, or it goes on elsewhere or later. */
export class Stopped extends Error {}

/**
 * Trains, and notes how it goes and ends. A training that its user did not stop stays in work when the signal ends it; one
 * that is not in work any more, or that another machine works on, as its row says, is stopped.
 */
export async function trainDataSet(dataSet: DataSet, services: TrainingServices, given: AbortSignal): Promise<void> {
  const { dataSets, clock, onTrouble } = services;
  const { askedAt } = dataSet.training!;
  const own = new AbortController();
  const signal = AbortSignal.any([given, own.signal]);
  const noted = (each: DataSet, news: Partial<Training>): DataSet | undefined => {
    const machine = services.machine?.();
    if (each.training?.askedAt !== askedAt || (machine && isElsewhere(each.training, machine))) return undefined;
    return noteTraining(each, { ...news, ...(machine !== undefined && { machine }) });
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: none comes late, over what is said once the training has ended. */
  const note = (news: Partial<Training>): Promise<DataSet | undefined> => {
    const now = last.then(() => dataSets.change(dataSet, (each) => noted(each, news)));
    last = now.catch(() => {}); // whoever asked for it hears of it
    return now.then((after) => {
      if (after === undefined) own.abort(new Stopped());
      return after;
    });
  };
  if ((await note({ state: 'running' })) === undefined) return;
  const beat = services.machine && setInterval(() => void note({}).catch(onTrouble), beatMs);
  try {
    const { report, ...end } = await train(dataSet, services, {
      signal,
      onProgress: (progress) => void note({ progress }).catch(onTrouble),
    });
    if (end.state === 'better')
      await services.keepModel?.(dataSet, join(services.folder, dataSet.id, 'model', dataSet.name));
    const isNew = report !== undefined || dataSet.version === undefined; // else it was trained like this before
    const version = end.state === 'better' && isNew ? await publish(dataSet, end, services) : undefined;
    await dataSets.change(dataSet, (each) => {
      const after = noted(each, { ...end, endedAt: clock.now() });
      return after && { ...after, ...(version !== undefined && { version }) };
    });
  } catch (error) {
    if (given.aborted || error instanceof Stopped) return;
    onTrouble(error);
    const message = error instanceof Error ? error.message : String(error);
    await note({ state: 'failed', failure: { code: 'trainingFailed', message }, endedAt: clock.now() });
  } finally {
    clearInterval(beat);
    await last;
    await clean(join(services.folder, dataSet.id));
  }
}

/** ms after which a machine says again that it works, and learns that it is not to. */
const beatMs = 20_000;
/** A machine that was not heard of for so long is gone; less than the time after which its message comes back. */
const goneMs = 6 * beatMs;

/** Does another machine work on it, at the time that `own` says? */
export const isElsewhere = (
  { machine }: Training,
  { id, at }: Pick<NonNullable<Training['machine']>, 'id' | 'at'>,
): boolean => machine !== undefined && machine.id !== id && at - machine.at < goneMs;

type Following = Parameters<typeof runTraining>[2];

async function train(
  dataSet: DataSet,
  { objects, folder, setup }: TrainingServices,
  following: Following,
): Promise<TrainingEnd> {
  const own = join(folder, dataSet.id);
  for (const part of ['images', 'labels'] as const) await mkdir(join(own, part), { recursive: true });
  for (const { planes } of dataSet.images)
    for (const plane of planes) {
      following.signal.throwIfAborted();
      for (const part of ['images', 'labels'] as const)
        await pipeline(
          await objects.get(dataSetRef(dataSet, part, plane)),
          createWriteStream(join(own, part, `${plane}.tif`)),
        );
    }
  await writeFile(join(own, 'sides.json'), JSON.stringify(sidesOf(dataSet)));
  const { kind } = dataSet.training!;
  const words = [
    ...[
      'train',
      'images',
      '--labels',
      'labels',
      '-o',
      `model/${dataSet.name}`,
      '--sides',
      'sides.json',
      '--from',
      setup.base,
    ],
    ...(kind === 'pixels' ? ['--pixel-classifier'] : ['--python', setup.python]),
  ];
  for (let tries = 1; ; tries++) {
    const end = await runTraining(setup, { folder: own, words, env: setup.env }, following);
    if (end.failure?.code !== 'outputLocked' || tries === lockedTries) {
      if (end.report === undefined) return end;
      await objects.put(trainingReportRef(dataSet), createReadStream(end.report));
      await rm(end.report); // it has parts of images
      return end;
    }
    await sleep(lockedAgainMs, undefined, { signal: following.signal });
  }
}

/** Sends the model that is better to the registry, which checks it as any other. Returns the id of its version. */
async function publish(
  dataSet: DataSet,
  { scores }: TrainingEnd,
  { objects, models, folder, setup, newId }: TrainingServices,
): Promise<string> {
  await using packed = await setup.pack(join(folder, dataSet.id, 'model', dataSet.name));
  const { before, after } = scores!;
  const version = await models.add({
    id: newId(),
    kind: 'onnx',
    bytes: packed.bytes,
    by: dataSet.owner,
    byName: dataSet.by,
    scores: { 'f1@0.5': after, 'f1@0.5 before': before },
    ...(dataSet.version !== undefined && { parent: dataSet.version }),
  });
  await objects.put(sentPackageRef(version.id), createReadStream(packed.file));
  return version.id;
}

/** The model that was better stays, to be compared with, and what a network goes on from. Copies of images go. */
async function clean(own: string): Promise<void> {
  for (const name of ['images', 'labels', 'sides.json']) await rm(join(own, name), { recursive: true, force: true });
}
