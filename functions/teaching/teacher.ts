import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSet, type DataSetRef, noteTraining, type Training } from '../core/data-set.ts';
import { dataSetPrefix, dataSetRef, sentPackageRef, trainingReportRef } from '../core/object-keys.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataSets, Teacher } from '../ports/data-sets.ts';
import type { Models } from '../ports/models.ts';
import { type CopyServices, copyAccepted } from './copy-accepted.ts';
import { runTraining, type TrainCommand, type TrainingEnd } from './train-process.ts';
import { sidesOf, zipDataSet } from './zip-data-set.ts';

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

export interface TeacherServices extends CopyServices {
  dataSets: DataSets;
  models: Models;
  clock: Clock;
  setup: TeachingSetup;
  /** Where trainings work, and keep the models that were better. */
  folder: string;
  newId(): string;
  onTrouble(error: unknown): void;
}

/** A training of a service that was killed may still be ending: it is waited for so long. */
const [lockedAgainMs, lockedTries] = [2000, 60];

class Stopped extends Error {}

/**
 * Teaches on this machine: one training at a time, in the order they were asked for, in a process of its own
 * (`labdeploy train`). What is in work when the service ends is begun again when it starts.
 */
export function openTeacher(services: TeacherServices): Teacher & AsyncDisposable {
  const { dataSets, objects, folder, onTrouble } = services;
  let inWork: { id: string; stop: AbortController; ended: Promise<void> } | undefined;
  let working: Promise<void> | undefined;
  let [again, closing] = [false, false];

  const work = async (dataSet: DataSet): Promise<void> => {
    const stop = new AbortController();
    const ended = trainAndNote(dataSet, services, stop.signal);
    inWork = { id: dataSet.id, stop, ended };
    try {
      await ended;
    } finally {
      inWork = undefined;
    }
  };
  const workOff = async (): Promise<void> => {
    do {
      again = false;
      for (let next = await first(); next !== undefined; next = await first()) await work(next);
    } while (again);
  };
  const first = async (): Promise<DataSet | undefined> => (closing ? undefined : (await dataSets.training())[0]);

  const stop = async (ref: DataSetRef): Promise<void> => {
    await dataSets.change(ref, (each) => noteTraining(each, { state: 'stopped', endedAt: services.clock.now() }));
    if (inWork?.id !== ref.id) return;
    inWork.stop.abort(new Stopped());
    await inWork.ended;
  };

  return {
    copy: (ref, job, path) => copyAccepted(ref, { job, path }, services),
    async drop(ref, planes) {
      for (const plane of planes)
        for (const part of ['images', 'labels'] as const) await objects.remove(dataSetRef(ref, part, plane));
    },
    zip: (dataSet) => zipDataSet(dataSet, objects),
    wake() {
      again = true;
      working ??= workOff()
        .catch(onTrouble)
        .finally(() => {
          working = undefined;
        });
    },
    stop,
    async forget(ref) {
      await stop(ref);
      await objects.removeAll('datasets', dataSetPrefix(ref));
      await rm(join(folder, ref.id), { recursive: true, force: true });
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      inWork?.stop.abort(new Stopped());
      await working;
    },
  };
}

/** Trains, and notes how it goes and ends. A training that its user did not stop stays in work when the signal ends it. */
async function trainAndNote(dataSet: DataSet, services: TeacherServices, signal: AbortSignal): Promise<void> {
  const { dataSets, clock, onTrouble } = services;
  const note = (news: Partial<Training>): Promise<DataSet | undefined> =>
    dataSets.change(dataSet, (each) => noteTraining(each, news));
  if ((await note({ state: 'running' })) === undefined) return;
  try {
    const { report, ...end } = await train(dataSet, services, {
      signal,
      onProgress: (progress) => void note({ progress }).catch(onTrouble),
    });
    const isNew = report !== undefined || dataSet.version === undefined; // else it was trained like this before
    const version = end.state === 'better' && isNew ? await publish(dataSet, end, services) : undefined;
    await dataSets.change(dataSet, (each) => {
      const noted = noteTraining(each, { ...end, endedAt: clock.now() });
      return noted && { ...noted, ...(version !== undefined && { version }) };
    });
  } catch (error) {
    if (error instanceof Stopped) return;
    onTrouble(error);
    const message = error instanceof Error ? error.message : String(error);
    await note({ state: 'failed', failure: { code: 'trainingFailed', message }, endedAt: clock.now() });
  } finally {
    await clean(join(services.folder, dataSet.id));
  }
}

type Following = Parameters<typeof runTraining>[2];

async function train(
  dataSet: DataSet,
  { objects, folder, setup }: TeacherServices,
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
  { objects, models, folder, setup, newId }: TeacherServices,
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
