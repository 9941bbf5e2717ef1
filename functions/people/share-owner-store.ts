import type { ShareStore } from '../ports/share-store.ts';
import { iso, pageOfTwo } from './export-page.ts';
import type { OwnerStore } from './owner-store.ts';

/** Removed by one call. */
const sharesAtOnce = 100;

/** With whom jobs are shared, both ways. */
export const shareStore = (shares: ShareStore): OwnerStore => ({
  name: 'shares',
  /** Of the person's jobs, whom they are shared with, then of others, what they share with the person. */
  async export(person, cursor) {
    const page = await pageOfTwo(['byOwner', 'withMember'], cursor, (list, at) => shares[list](person, at));
    return {
      ...page,
      items: page.items.map(({ sharedAt, job, ...share }) => ({ ...share, job: job.id, sharedAt: iso(sharedAt) })),
    };
  },
  /** Shares of the person's own jobs go with these. */
  async forget(person) {
    const { items, cursor } = await shares.withMember(person, { limit: sharesAtOnce });
    for (const { job } of items) await shares.remove(job, person);
    return { forgotten: items.length, done: cursor === undefined };
  },
});
