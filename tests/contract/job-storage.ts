import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StorageStep } from '../../functions/core/storage-steps.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { manualClock } from '../support/manual-clock.ts';

const ref = { owner: 'olga', id: 'job1' };
const settings = { model: { name: 'nuclei', sha256: 'ab' } };
const minuteMs = 60_000;

/** The promises of ports/job-store about where results lie. `open` gives an empty store on the clock; the suite disposes it. */
export const jobStorageContract = (adapter: string, open: (clock: ManualClock) => Promise<JobStore>) =>
  describe(`storage of jobs on ${adapter}`, () => {
    let store: JobStore;
    let clock: ManualClock;
    beforeEach(async () => {
      clock = manualClock();
      store = await open(clock);
      await complete(ref);
    });
    afterEach(() => store[Symbol.asyncDispose]());

    /** With one image that is done and one that failed. */
    async function complete(job: typeof ref) {
      await store.create({ ...job, name: 'plate', settings });
      await store.expect(job, [
        { path: 'a.tif', bytes: 1 },
        { path: 'b.tif', bytes: 1 },
      ]);
      await store.submit(job);
      await store.seal(job);
      await store.finishFile(job, 'a.tif', { state: 'done' });
      await store.finishFile(job, 'b.tif', { state: 'failed', failure: { code: 'imageEmpty', message: 'empty' } });
      await store.startPackaging(job);
      await store.complete(job, 1);
    }
    /** Takes each of the steps, which all apply. */
    async function take(...steps: StorageStep[]) {
      for (const step of steps) expect(await store.moveStorage(ref, step)).toBeDefined();
      return store.get(ref);
    }
    const archiving = { to: 'archiving', generation: 1, round: 0 } as const;
    const archived = { to: 'archived', round: 1, bytes: 70 } as const;
    const restoring = { to: 'restoring', round: 1, tier: 'expedited' } as const;
    const waiting = async (before = clock.now()) => (await store.storageWaiting(before)).items.map(({ id }) => id);

    it('goes all the way to the archive and back, and does not count as a change of the job', async () => {
      const before = (await store.get(ref))!;
      clock.advance(10);
      const dueAt = clock.now();
      expect(await take({ to: 'due', generation: 1, round: 0, dueAt })).toEqual({
        ...before,
        storage: { state: 'live', round: 0, since: 0, dueAt, lookAt: dueAt + 5 * minuteMs },
      });
      const now = clock.now();
      expect((await take(archiving))!.storage).toEqual({
        ...{ state: 'archiving', round: 1, since: now },
        ...{ lease: now + 20 * minuteMs, lookAt: now + 30 * minuteMs },
      });
      expect((await take(archived))!.storage).toEqual({
        ...{ state: 'archived', round: 1, since: now, bytes: 70, lookAt: now + 24 * 60 * minuteMs },
      });
      expect((await take(restoring))!.storage).toEqual({
        ...{ state: 'restoring', round: 1, since: now, bytes: 70, tier: 'expedited' },
        ...{ readyBy: now + 5 * minuteMs, lookAt: now + 30 * minuteMs },
      });
      expect((await take({ to: 'thawing', round: 1 }))!.storage).toMatchObject({ state: 'thawing', round: 1 });
      const after = await take({ to: 'restored', round: 1 });
      expect(after).toEqual({ ...before, storage: { state: 'live', round: 1, since: now } });
      expect((await store.list('olga')).items).toEqual([after]);
    });

    it('takes no step of another round, of another generation, or out of order', async () => {
      const refused = async (...steps: StorageStep[]) => {
        for (const step of steps) expect(await store.moveStorage(ref, step)).toBeUndefined();
      };
      await refused(archived, restoring, { to: 'thawing', round: 0 }, { to: 'restored', round: 0 });
      await refused({ ...archiving, generation: 2 }, { ...archiving, round: 1 }, { to: 'kept', round: 0 });
      await refused({ to: 'due', generation: 2, round: 0, dueAt: 0 }, { to: 'looked', before: clock.now() + 1 });
      await take(archiving);
      await refused({ ...archived, round: 0 }, restoring, { to: 'due', generation: 1, round: 1, dueAt: 0 });
      await take({ to: 'kept', round: 1 });
      await refused(archiving, archived, { to: 'released', round: 1 }); // a message of the first round came late
      await expect(store.moveStorage({ ...ref, id: 'none' }, archiving)).rejects.toMatchObject({ code: 'jobMissing' });
    });

    it('calls off what was planned, so that its message comes too late', async () => {
      await take({ to: 'due', generation: 1, round: 0, dueAt: clock.now() }, { to: 'kept', round: 0 });
      expect(await store.moveStorage(ref, archiving)).toBeUndefined();
      expect((await store.get(ref))!.storage).toEqual({ state: 'live', round: 1, since: clock.now() });
    });

    it('lets one archive at a time, until its lease is given back or has ended', async () => {
      const claims = () => Promise.all(Array.from({ length: 4 }, () => store.moveStorage(ref, archiving)));
      const won = (jobs: unknown[]) => jobs.filter((job) => job !== undefined).length;
      expect(won(await claims())).toBe(1);
      expect(won(await claims())).toBe(0);
      await take({ to: 'released', round: 1 });
      expect(won(await claims())).toBe(1);
      clock.advance(20 * 60 - 1);
      expect(won(await claims())).toBe(0);
      clock.advance(1);
      expect(won(await claims())).toBe(1);
      expect(await store.moveStorage(ref, { ...archived, round: 2 })).toBeUndefined(); // who had it before
      expect((await store.get(ref))!.storage).toMatchObject({ state: 'archiving', round: 3 });
    });

    it('is deleted from the archive once its time there is over, and not looked at after that', async () => {
      const keptUntil = clock.now() + 100 * 24 * 60 * minuteMs;
      await take(archiving);
      expect((await take({ ...archived, days: 100 }))!.storage).toMatchObject({ keptUntil, bytes: 70 });
      clock.advance(100 * 24 * 3600 - 1);
      await take({ to: 'looked', before: clock.now() });
      expect((await store.get(ref))!.storage!.lookAt).toBe(keptUntil);
      expect(await store.moveStorage(ref, { to: 'deleted', round: 1 })).toBeUndefined();
      clock.advance(1);
      expect(await store.moveStorage(ref, { to: 'deleted', round: 0 })).toBeUndefined();
      const since = clock.now();
      expect((await take({ to: 'deleted', round: 1 }))!.storage).toEqual({
        ...{ state: 'deleted', round: 1, since, bytes: 70, lookAt: since + 30 * minuteMs },
      });
      for (const step of [restoring, archiving, { to: 'deleted', round: 1 }] as const)
        expect(await store.moveStorage(ref, step)).toBeUndefined();
      expect(await store.reopen(ref)).toBeUndefined();
      expect((await take({ to: 'emptied', round: 1 }))!.storage).toEqual({
        state: 'deleted',
        round: 1,
        since,
        bytes: 70,
      });
      clock.advance(1e9);
      expect(await waiting()).toEqual([]);
    });

    it('retries only what is live, and drops what was planned with it', async () => {
      await take({ to: 'due', generation: 1, round: 0, dueAt: clock.now() });
      await take(archiving);
      expect(await store.reopen(ref)).toBeUndefined();
      await take({ ...archived });
      expect(await store.reopen(ref)).toBeUndefined();
      await take(restoring, { to: 'restored', round: 1, dueAt: clock.now() + 1 });
      expect((await store.reopen(ref))!.storage).toEqual({ state: 'live', round: 1, since: clock.now() });
      clock.advance(1e6);
      expect(await waiting()).toEqual([]);
    });

    it('finds whose storage waits, each when it is time, and one of several looks at it', async () => {
      const other = { owner: 'piet', id: 'job2' };
      await complete(other);
      await take({ to: 'due', generation: 1, round: 0, dueAt: clock.now() });
      await store.moveStorage(other, archiving);
      await store.moveStorage(other, archived);
      clock.advance(5 * 60);
      expect(await waiting()).toEqual([]);
      clock.advance(1);
      expect(await waiting()).toEqual(['job1']);
      const looks = [1, 2, 3].map(() => store.moveStorage(ref, { to: 'looked', before: clock.now() }));
      expect((await Promise.all(looks)).filter((job) => job !== undefined)).toHaveLength(1);
      expect(await waiting()).toEqual([]);
      clock.advance(24 * 3600);
      expect((await waiting()).sort()).toEqual(['job1', 'job2']);
      await store.remove(ref);
      expect(await waiting()).toEqual(['job2']);
      expect(await store.running('piet')).toBe(0);
      expect((await store.stuck(clock.now())).items).toEqual([]);
    });

    it('lists them in pages, each once, while they are looked at', async () => {
      const ids = Array.from({ length: 7 }, (_, i) => `plate${i}`);
      for (const id of ids) {
        await complete({ owner: `owner${id}`, id });
        clock.advance(1);
        await store.moveStorage(
          { owner: `owner${id}`, id },
          { to: 'due', generation: 1, round: 0, dueAt: clock.now() },
        );
      }
      clock.advance(3600);
      const before = clock.now();
      const found: string[] = [];
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await store.storageWaiting(before, { limit: 2, ...(cursor !== undefined && { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(2);
        for (const job of page.items) await store.moveStorage(job, { to: 'looked', before });
        found.push(...page.items.map(({ id }) => id));
        ({ cursor } = page);
      }
      expect(found.sort()).toEqual(ids);
    });
  });
