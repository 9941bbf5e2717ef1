import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobStore } from '../../functions/ports/job-store.ts';
import type { Share, ShareStore } from '../../functions/ports/share-store.ts';
import { allPages } from '../support/all-pages.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

export interface Stores extends AsyncDisposable {
  shares: ShareStore;
  jobs: JobStore;
}

const settings = { model: { name: 'nuclei', sha256: 'ab' } };
const job = (id: string, owner = 'olga') => ({ owner, id });
const share = (id: string, member: string, sharedAt: number, owner = 'olga'): Share => ({
  job: job(id, owner),
  member,
  memberEmail: `${member}@lab.example`,
  ownerEmail: `${owner}@lab.example`,
  sharedAt,
});

/** Every promise of ports/share-store. `open` gives both stores, empty, on the clock; the suite disposes them. */
export const shareStoreContract = (adapter: string, open: (clock: ManualClock) => Promise<Stores>) =>
  describe(`ShareStore on ${adapter}`, () => {
    let stores: Stores;
    let shares: ShareStore;
    beforeEach(async () => {
      stores = await open(manualClock());
      ({ shares } = stores);
      for (const id of ['job-1', 'job-2', 'job-3'])
        await stores.jobs.create({ ...job(id), name: `folder ${id}`, settings });
      await stores.jobs.create({ ...job('job-1', 'ute'), name: 'hers', settings });
    });
    afterEach(async () => stores[Symbol.asyncDispose]());

    it('gives a member the share of a job, and nobody else', async () => {
      const given = share('job-1', 'omar', 5);
      expect(await shares.add(given)).toEqual(given);
      expect(await shares.find('omar', 'job-1')).toEqual(given);
      expect(await shares.find('omar', 'job-2')).toBeUndefined();
      expect(await shares.find('omar', 'job')).toBeUndefined();
      expect(await shares.find('oma', 'job-1')).toBeUndefined();
      expect(await shares.find('olga', 'job-1')).toBeUndefined();
    });

    it('leaves a share that is there as it is', async () => {
      const given = await shares.add(share('job-1', 'omar', 5));
      expect(await shares.add({ ...given, memberEmail: 'new@lab.example', sharedAt: 9 })).toEqual(given);
      expect(await shares.ofJob(job('job-1'))).toEqual([given]);
    });

    it('shares no job that is not there', async () => {
      await expect(shares.add(share('none', 'omar', 5))).rejects.toMatchObject({ code: 'jobMissing' });
      await expect(shares.add(share('job-2', 'omar', 5, 'ute'))).rejects.toMatchObject({ code: 'jobMissing' });
      expect((await shares.withMember('omar')).items).toEqual([]);
    });

    it('ends one share at once, and no other', async () => {
      await shares.add(share('job-1', 'omar', 5));
      const stays = await shares.add(share('job-1', 'pia', 6));
      await shares.remove(job('job-1'), 'omar');
      await shares.remove(job('job-1', 'ute'), 'pia');
      await shares.remove(job('none'), 'pia');
      expect(await shares.find('omar', 'job-1')).toBeUndefined();
      expect(await shares.ofJob(job('job-1'))).toEqual([stays]);
      expect(await shares.find('pia', 'job-1')).toEqual(stays);
    });

    it('lists the shares of a job, the oldest first', async () => {
      const given = [share('job-1', 'pia', 4), share('job-1', 'omar', 7), share('job-1', 'ada', 7)];
      for (const each of given) await shares.add(each);
      await shares.add(share('job-1', 'omar', 1, 'ute'));
      expect(await shares.ofJob(job('job-1'))).toEqual([given[0], given[2], given[1]]);
      expect(await shares.ofJob(job('job-2'))).toEqual([]);
    });

    it('lists what a member sees and what an owner shares, newest first, in pages', async () => {
      const given = [
        share('job-1', 'omar', 10),
        share('job-3', 'omar', 9),
        share('job-1', 'omar', 8, 'ute'),
        share('job-2', 'omar', 7),
        share('job-2', 'pia', 6),
      ];
      for (const each of given) await shares.add(each);
      expect(await allPages((page) => shares.withMember('omar', page), 2)).toEqual(given.slice(0, 4));
      expect(await allPages((page) => shares.byOwner('olga', page), 3)).toEqual(
        given.filter(({ job }) => job.owner === 'olga'),
      );
      expect((await shares.byOwner('omar')).items).toEqual([]);
      await expect(shares.withMember('omar', { cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
        code: 'cursorRefused',
      });
    });

    it('lists each share once when many were made in the same millisecond', async () => {
      for (const member of ['a', 'b', 'c', 'd', 'e']) await shares.add(share('job-1', member, 5));
      const listed = await allPages((page) => shares.byOwner('olga', page), 2);
      expect(listed.map(({ member }) => member).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it('forgets the shares of a job that is removed, also when a job of its id is made anew', async () => {
      await shares.add(share('job-1', 'omar', 5));
      const stays = await shares.add(share('job-2', 'omar', 6));
      await stores.jobs.remove(job('job-1'));
      await stores.jobs.create({ ...job('job-1'), name: 'anew', settings });
      await stores.jobs.create({ ...job('job-4'), name: 'next', settings });
      expect(await shares.find('omar', 'job-1')).toBeUndefined();
      expect((await shares.withMember('omar')).items).toEqual([stays]);
      expect((await shares.byOwner('olga')).items).toEqual([stays]);
      for (const id of ['job-1', 'job-4']) expect(await shares.ofJob(job(id))).toEqual([]);
    });

    it('is not in the list of the owner’s or the member’s own jobs, nor counted with them', async () => {
      await shares.add(share('job-1', 'omar', 5));
      expect((await stores.jobs.list('omar')).items).toEqual([]);
      expect((await stores.jobs.list('olga')).items).toHaveLength(3);
      expect([await stores.jobs.running('omar'), await stores.jobs.running('olga')]).toEqual([0, 3]);
      expect((await stores.jobs.files(job('job-1'))).items).toEqual([]);
    });
  });
