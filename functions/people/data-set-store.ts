import { dataSetsPrefix } from '../core/object-keys.ts';
import type { DataSets, Teacher } from '../ports/data-sets.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OwnerStore } from './owner-store.ts';

export interface Taught {
  dataSets: DataSets;
  teacher: Pick<Teacher, 'forget'>;
}

/** Data sets, with their copies of images; models that were made of them stay. */
export const dataSetStore = (
  { dataSets, teacher }: Taught,
  { objects }: { objects: Pick<ObjectStore, 'removeAll'> },
): OwnerStore => ({
  name: 'dataSets',
  async export(person) {
    const all = await dataSets.byOwner(person);
    return {
      items: all.map(({ owner: _, createdAt, ...rest }) => ({ ...rest, createdAt: new Date(createdAt).toISOString() })),
    };
  },
  async forget(person) {
    const all = await dataSets.byOwner(person);
    for (const dataSet of all) {
      await teacher.forget(dataSet);
      await dataSets.remove(dataSet);
    }
    await objects.removeAll('datasets', dataSetsPrefix(person)); // also of one whose removal was cut off
    return { forgotten: all.length, done: true };
  },
});
