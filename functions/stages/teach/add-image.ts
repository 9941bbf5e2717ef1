import { type DataSet, type DataSetRef, isTraining, withImage } from '../../core/data-set.ts';
import type { Job } from '../../core/job.ts';
import { dataSetRef } from '../../core/object-keys.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataSets, NotAdded } from '../../ports/data-sets.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type CopyServices, copyAccepted } from './copy-accepted.ts';

export interface AddServices extends CopyServices {
  dataSets: Pick<DataSets, 'get' | 'change'>;
  clock: Clock;
}

/**
 * Copies what is accepted of an image into a data set, in the place of what that had of it. Undefined where there is no such
 * data set, or a training is in work: then nothing is left of the copies. Safe to repeat.
 */
export async function addImage(
  ref: DataSetRef,
  { job, path }: { job: Job; path: string },
  services: AddServices,
): Promise<DataSet | NotAdded | undefined> {
  const { dataSets, objects, clock } = services;
  const before = await dataSets.get(ref);
  if (before === undefined || isTraining(before)) return undefined;
  const copied = await copyAccepted(ref, { job, path }, services);
  if (copied === undefined) return 'nothingAccepted';
  let isFull = false;
  const after = await dataSets.change(ref, (each) => {
    if (isTraining(each)) return undefined;
    const changed = withImage(each, { ...copied, addedAt: clock.now() });
    isFull = changed === undefined;
    return changed;
  });
  const now = after ?? (await dataSets.get(ref));
  const planesOf = (dataSet: DataSet | undefined): string[] =>
    dataSet?.images.find(({ source }) => source === copied.source)?.planes ?? [];
  const kept = planesOf(now);
  const dropped = new Set([...planesOf(before), ...copied.planes].filter((plane) => !kept.includes(plane)));
  await dropPlanes(ref, [...dropped], objects);
  return after ?? (isFull ? 'dataSetFull' : undefined);
}

async function dropPlanes(
  ref: DataSetRef,
  planes: readonly string[],
  objects: Pick<ObjectStore, 'remove'>,
): Promise<void> {
  for (const plane of planes)
    for (const part of ['images', 'labels'] as const) await objects.remove(dataSetRef(ref, part, plane));
}
