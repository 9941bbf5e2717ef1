import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type DataSet, isTraining, noteTraining, type Training } from '../../core/data-set.ts';
import type { TrainingMessage } from '../../core/messages.ts';
import { dataSetModelPrefix, dataSetPrefix } from '../../core/object-keys.ts';
import { allObjects } from '../../object-streams/all-pages.ts';
import type { DataSets } from '../../ports/data-sets.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { isElsewhere, type TrainingServices, trainDataSet } from '../../teaching/train-data-set.ts';

export interface MachineTraining extends Omit<TrainingServices, 'machine' | 'keepModel' | 'dataSets'> {
  dataSets: Pick<DataSets, 'get' | 'change'>;
  /** Of this machine, unlike that of any other. */
  attempt: string;
  /** US dollars of an hour of it. */
  hourlyUsd: number;
  /** The machine goes. */
  stop: AbortSignal;
}

/**
 * Works on one training. Its folder is this machine's alone, so the model that was better last comes from the data set, and
 * goes there. Returns the state it ended in; undefined where it is not wanted, or another machine has it. Throws where the
 * machine goes: another one begins it again.
 */
export async function trainOn(
  { owner, id, trainingOf }: TrainingMessage,
  { attempt, hourlyUsd, stop, ...services }: MachineTraining,
): Promise<Training['state'] | undefined> {
  const { dataSets, objects, clock, folder } = services;
  const ref = { owner, id };
  const isMeant = (dataSet: DataSet): boolean =>
    isTraining(dataSet) &&
    dataSet.training!.askedAt === trainingOf &&
    !isElsewhere(dataSet.training!, { id: attempt, at: clock.now() });
  const found = await dataSets.get(ref);
  if (found === undefined || !isMeant(found)) return undefined;
  const { machine: before } = found.training!;
  const began = clock.now();
  const machine = () => {
    const at = clock.now();
    return { id: attempt, at, usd: (before?.usd ?? 0) + ((at - began) / 3_600_000) * hourlyUsd };
  };
  const own = join(folder, id);
  const model = join(own, 'model', found.name);
  try {
    if (found.version !== undefined) await restore(found, model, objects);
    const keepModel = (dataSet: DataSet, folder: string) => keep(dataSet, folder, objects);
    await trainDataSet(found, { ...services, machine, keepModel }, stop);
    const after = await dataSets.get(ref);
    if (after === undefined) {
      await objects.removeAll('datasets', dataSetPrefix(ref)); // removed meanwhile
      return undefined;
    }
    if (!isMeant(after)) return isTraining(after) ? undefined : after.training?.state;
    const free = { ...machine(), at: 0 };
    await dataSets.change(ref, (each) =>
      isMeant(each) ? noteTraining(each, { state: 'queued', machine: free }) : undefined,
    );
    throw new Error('the machine goes: the training is begun again on another one');
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function restore(dataSet: DataSet, model: string, objects: ObjectStore): Promise<void> {
  const prefix = dataSetModelPrefix(dataSet);
  for await (const { key } of allObjects(objects, 'datasets', prefix)) {
    const file = join(model, key.slice(prefix.length));
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await objects.get({ bucket: 'datasets', key }), createWriteStream(file));
  }
}

/** The files of a package; of one that was better before, the same names. */
async function keep(dataSet: DataSet, model: string, objects: ObjectStore): Promise<void> {
  const prefix = dataSetModelPrefix(dataSet);
  for (const entry of await readdir(model, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    await objects.put({ bucket: 'datasets', key: prefix + file.slice(model.length + 1) }, createReadStream(file));
  }
}
