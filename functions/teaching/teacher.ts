import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataSet, type DataSetRef, noteTraining } from '../core/data-set.ts';
import { dataSetPrefix } from '../core/object-keys.ts';
import type { DataSets, Teacher } from '../ports/data-sets.ts';
import { addImage } from '../stages/teach/add-image.ts';
import type { CopyServices } from '../stages/teach/copy-accepted.ts';
import { zipDataSet } from '../stages/teach/zip-data-set.ts';
import { Stopped, type TrainingServices, trainDataSet } from './train-data-set.ts';

export interface TeacherServices extends CopyServices, Omit<TrainingServices, 'objects' | 'dataSets'> {
  dataSets: DataSets;
}

/**
 * Teaches on this machine: one training at a time, in the order they were asked for, in a process of its own
 * (`labdeploy train`). What is in work when the service ends is begun again when it starts.
 */
export function openTeacher(services: TeacherServices): Teacher & AsyncDisposable & { wake(): void } {
  const { dataSets, objects, folder, onTrouble } = services;
  let inWork: { id: string; stop: AbortController; ended: Promise<void> } | undefined;
  let working: Promise<void> | undefined;
  let [again, closing] = [false, false];

  const work = async (dataSet: DataSet): Promise<void> => {
    const stop = new AbortController();
    const ended = trainDataSet(dataSet, services, stop.signal);
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

  const wake = () => {
    again = true;
    working ??= workOff()
      .catch(onTrouble)
      .finally(() => {
        working = undefined;
      });
  };

  return {
    add: (ref, job, path) => addImage(ref, { job, path }, services),
    zip: (dataSet) => zipDataSet(dataSet, objects),
    begin: async () => wake(),
    wake,
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
