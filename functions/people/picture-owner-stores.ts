import { picturePrefixes } from '../core/pictures/keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Pictures } from '../ports/pictures.ts';
import { iso, pageOfTwo, pageSize } from './export-page.ts';
import type { OwnerStore } from './owner-store.ts';

/** Pictures, and the history of what was shown; forgotten with everything that was made of them. */
export const pictureStore = (pictures: Pictures, { objects }: { objects: ObjectStore }): OwnerStore => ({
  name: 'pictures',
  async export(person, cursor) {
    const page = await pageOfTwo<'list' | 'history', object>(['list', 'history'], cursor, (list, at) =>
      pictures[list](person, at),
    );
    return { ...page, items: page.items.map((item) => ({ ...item })) };
  },
  async forget(person) {
    await pictures.forgetOwner(person);
    let forgotten = 0;
    for (const prefix of picturePrefixes(person)) forgotten += await objects.removeAll('pictures', prefix);
    return { forgotten, done: true };
  },
});

/** What a person agreed to; forgotten with their pictures. */
export const agreementStore = (pictures: Pictures): OwnerStore => ({
  name: 'agreements',
  async export(person, cursor) {
    const page = await pictures.records(person, { limit: pageSize, ...(cursor !== undefined && { cursor }) });
    return {
      ...page,
      items: page.items.map(({ owner: _, savedAt, ...record }) => ({ ...record, savedAt: iso(savedAt) })),
    };
  },
  forget: async () => ({ forgotten: 0, done: true }),
});
