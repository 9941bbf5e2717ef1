import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job, JobFile, JobState, Outcome } from '../../functions/core/job.ts';
import type { JobStore, NewJob } from '../../functions/ports/job-store.ts';
import { allPages } from '../support/all-pages.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { manualClock } from '../support/manual-clock.ts';

const ref = { owner: 'olga', id: 'job1' };
const settings = { model: { name: 'nuclei', sha256: 'ab' }, channel: 'DAPI', probabilities: true };
const wanted: NewJob = { ...ref, name: 'Größe #1', settings };
const done: Outcome = { state: 'done' };
const failed: Outcome = { state: 'failed', failure: { code: 'imageEmpty', message: 'the file is empty: 0 bytes' } };
const outage = { code: 'gaveUp', message: 'processing was given up' };

/** Every promise of ports/job-store. `open` gives an empty store on the clock; the suite disposes it. */
export const jobStoreContract = (adapter: string, open: (clock: ManualClock) => Promise<JobStore>) =>
  describe(`JobStore on ${adapter}`, () => {
    let store: JobStore;
    let clock: ManualClock;
    beforeEach(async () => {
      clock = manualClock();
      store = await open(clock);
    });
    afterEach(() => store[Symbol.asyncDispose]());

    const files = (...paths: string[]) => paths.map((path, i) => ({ path, bytes: 100 + i }));
    const state = async () => (await store.get(ref))?.state;

    /** Takes the job to a state along the shortest way, with files a.tif (done) and b.tif (failed) where it has ended. */
    async function reach(wantedState: JobState | 'sealed' | 'retrying', job = ref) {
      await store.create({ ...wanted, ...job });
      await store.expect(job, files('a.tif', 'b.tif'));
      if (wantedState === 'uploading') return;
      if (wantedState === 'expired') return void (await store.expire(job));
      await store.submit(job);
      if (wantedState === 'processing') return;
      if (wantedState === 'cancelled') return void (await store.cancel(job));
      await store.seal(job);
      if (wantedState === 'sealed') return;
      await store.finishFile(job, 'a.tif', done);
      await store.finishFile(job, 'b.tif', failed);
      await store.startPackaging(job);
      if (wantedState === 'packaging') return;
      if (wantedState === 'failed') return void (await store.fail(job, outage));
      await store.complete(job, 1);
      if (wantedState === 'completed') return;
      await store.reopen(job);
    }

    it('keeps what tells a file from others of its name, whatever becomes of it', async () => {
      await store.create(wanted);
      const named = [
        { path: 'a.tif', bytes: 1, identity: '1k-00ff' },
        { path: 'b.tif', bytes: 1 },
      ];
      await store.expect(ref, named);
      await store.expect(ref, [{ path: 'a.tif', bytes: 2, identity: 'other' }]);
      expect((await store.files(ref)).items).toEqual(named.map((file) => ({ ...file, state: 'pending' })));
      await store.submit(ref);
      await store.seal(ref);
      await store.finishFile(ref, 'a.tif', failed);
      await store.finishFile(ref, 'b.tif', done);
      await store.startPackaging(ref);
      await store.complete(ref, 1);
      expect(await store.file(ref, 'a.tif')).toMatchObject({ state: 'failed', identity: '1k-00ff' });
      await store.reopen(ref);
      expect(await store.resetFailed(ref, 9)).toBe(1);
      expect(await store.file(ref, 'a.tif')).toEqual({ ...named[0], state: 'pending' });
    });

    it('says of a pending file that it waits for a machine or is on one, until it ends', async () => {
      await reach('processing');
      expect(await store.placeFile(ref, 'a.tif', 'waits')).toBe(true);
      const waits = { path: 'a.tif', bytes: 100, state: 'pending', machine: { state: 'waits', since: clock.now() } };
      expect(await store.file(ref, 'a.tif')).toEqual(waits);
      clock.advance(60);
      expect(await store.placeFile(ref, 'a.tif', 'works')).toBe(true);
      const works = { ...waits, machine: { state: 'works', since: clock.now() } };
      expect((await store.files(ref, { state: 'pending' })).items).toEqual([
        works,
        { path: 'b.tif', bytes: 101, state: 'pending' },
      ]);
      await store.finishFile(ref, 'a.tif', done);
      const ended = { path: 'a.tif', bytes: 100, state: 'done', generation: 1 };
      expect(await store.file(ref, 'a.tif')).toEqual(ended);
      expect(await store.placeFile(ref, 'a.tif', 'works')).toBe(false);
      expect(await store.placeFile(ref, 'unknown.tif', 'works')).toBe(false);
      expect(await store.file(ref, 'a.tif')).toEqual(ended);
    });

    it('keeps the notes of a file that is done', async () => {
      await reach('processing');
      const notes = ['no pixel size', 'axes by --axes'];
      await store.finishFile(ref, 'a.tif', { state: 'done', notes });
      await store.finishFile(ref, 'b.tif', { state: 'done' });
      expect(await store.file(ref, 'a.tif')).toEqual({
        path: 'a.tif',
        bytes: 100,
        state: 'done',
        notes,
        generation: 1,
      });
      expect((await store.files(ref)).items.map((file) => file.notes)).toEqual([notes, undefined]);
    });

    describe('describing jobs', () => {
      it('changes name and note, each for itself, and an empty note takes it away', async () => {
        await store.create(wanted);
        expect(await store.describe(ref, { note: 'mouse 12\nleft' })).toMatchObject({
          name: 'Größe #1',
          note: 'mouse 12\nleft',
        });
        expect(await store.describe(ref, { name: 'section 4' })).toMatchObject({
          name: 'section 4',
          note: 'mouse 12\nleft',
        });
        expect((await store.list('olga')).items).toEqual([await store.get(ref)]);
        await store.describe(ref, { note: '' });
        expect(await store.get(ref)).toEqual({ ...(await store.create(wanted)).job, name: 'section 4' });
        expect(await store.get(ref)).not.toHaveProperty('note');
        await expect(store.describe({ ...ref, id: 'none' }, { name: 'x' })).rejects.toMatchObject({
          code: 'jobMissing',
        });
      });

      it.each(['processing', 'completed', 'cancelled'] as const)(
        'changes nothing else of a job that is %s, nor when it changed',
        async (at) => {
          await reach(at);
          const before = await store.get(ref);
          clock.advance(5000);
          expect(await store.describe(ref, { name: 'new', note: 'seen' })).toEqual({
            ...before,
            name: 'new',
            note: 'seen',
          });
          expect(await store.get(ref)).toEqual({ ...before, name: 'new', note: 'seen' });
        },
      );
    });

    describe('making jobs', () => {
      it('makes an empty job that is uploading', async () => {
        const job: Job = {
          ...wanted,
          state: 'uploading',
          sealed: false,
          retrying: false,
          expected: 0,
          bytes: 0,
          done: 0,
          failed: 0,
          leftOut: 0,
          generation: 1,
          createdAt: clock.now(),
          changedAt: clock.now(),
        };
        expect(await store.create(wanted)).toEqual({ created: true, job });
        expect(await store.get(ref)).toEqual(job);
      });

      it('leaves an existing job of the same owner and id alone', async () => {
        await reach('processing');
        const again = await store.create({ ...wanted, name: 'other' });
        expect(again).toMatchObject({ created: false, job: { name: 'Größe #1', state: 'processing', expected: 2 } });
        expect(await store.get(ref)).toEqual(again.job);
      });

      it('keeps two owners apart', async () => {
        await store.create(wanted);
        await store.create({ ...wanted, owner: 'omar', name: 'his' });
        await store.expect({ ...ref, owner: 'omar' }, files('x.tif'));
        expect(await store.get(ref)).toMatchObject({ name: 'Größe #1', expected: 0 });
        expect((await store.list('omar')).items.map(({ name }) => name)).toEqual(['his']);
        expect(await store.get({ owner: 'nobody', id: 'job1' })).toBeUndefined();
      });

      it('lists an owner’s jobs newest first, in pages', async () => {
        for (const id of ['b', 'a', 'd', 'c', 'e']) {
          await store.create({ ...wanted, id });
          clock.advance(1);
        }
        await store.create({ ...wanted, owner: 'omar' });
        const newestFirst = ['e', 'c', 'd', 'a', 'b'];
        expect((await store.list('olga')).items.map(({ id }) => id)).toEqual(newestFirst);
        const paged = await allPages((page) => store.list('olga', page), 2);
        expect(paged.map(({ id }) => id)).toEqual(newestFirst);
        expect((await store.list('nobody')).items).toEqual([]);
      });

      it('finds an owner’s jobs by words of name and note, in pages', async () => {
        const names = ['Größe control', 'größe Treated', 'other', 'GRO\u0308SSE of control', 'Control'];
        for (const [i, name] of names.entries()) {
          await store.create({ ...wanted, id: `job${i}`, name });
          clock.advance(1);
        }
        await store.describe({ ...ref, id: 'job2' }, { note: 'Control animals\nof March' });
        await store.create({ ...wanted, owner: 'omar', name: 'control' });
        const found = async (search: string) =>
          (await allPages((page) => store.list('olga', { ...page, search }), 2)).map(({ id }) => id);
        expect(await found('control')).toEqual(['job4', 'job3', 'job2', 'job0']);
        expect(await found('  CONTROL größe ')).toEqual(['job0']);
        expect(await found('gröss')).toEqual(['job3']);
        expect(await found('march animals')).toEqual(['job2']);
        expect(await found('nowhere')).toEqual([]);
      });

      it('lists each job once when many were made in the same millisecond', async () => {
        const ids = Array.from({ length: 7 }, (_, i) => `job${i}`);
        for (const id of ids) await store.create({ ...wanted, id });
        const paged = await allPages((page) => store.list('olga', page), 3);
        expect(paged.map(({ id }) => id).sort()).toEqual(ids);
      });

      it('counts an owner’s jobs that have not ended', async () => {
        const states = ['uploading', 'processing', 'packaging', 'completed', 'failed', 'cancelled', 'expired'] as const;
        for (const each of states) await reach(each, { ...ref, id: each });
        await reach('retrying', { ...ref, id: 'retrying' });
        await store.create({ ...wanted, owner: 'omar' });
        expect(await store.running('olga')).toBe(4);
        expect(await store.running('omar')).toBe(1);
        expect(await store.running('nobody')).toBe(0);
      });

      it('gives a full page no cursor when nothing follows', async () => {
        await store.create(wanted);
        expect((await store.list('olga', { limit: 1 })).cursor).toBeUndefined();
      });

      it('refuses a cursor that it did not give', async () => {
        await store.create(wanted);
        for (const cursor of ['nonsense', '', 'eyJ9', 'WzEsMiwzLDRd']) {
          await expect(store.list('olga', { cursor })).rejects.toMatchObject({ code: 'cursorRefused' });
          await expect(store.files(ref, { cursor })).rejects.toMatchObject({ code: 'cursorRefused' });
          await expect(store.removed(0, { cursor })).rejects.toMatchObject({ code: 'cursorRefused' });
          await expect(store.stuck(0, { cursor })).rejects.toMatchObject({ code: 'cursorRefused' });
        }
      });

      it('forgets a removed job and its files, and does not mind when it is missing', async () => {
        await reach('processing');
        await store.create({ ...wanted, id: 'job10' });
        await store.expect({ ...ref, id: 'job10' }, files('a.tif'));
        await store.remove(ref);
        await store.remove(ref);
        expect(await store.get(ref)).toBeUndefined();
        expect(await store.files(ref)).toEqual({ items: [] });
        expect(await store.file(ref, 'a.tif')).toBeUndefined();
        expect(await store.file({ ...ref, id: 'job10' }, 'a.tif')).toMatchObject({ state: 'pending' });
        await store.create(wanted);
        expect((await store.files(ref)).items).toEqual([]);
      });

      it('keeps which jobs were removed, and when, until they are forgotten', async () => {
        const ids = Array.from({ length: 5 }, (_, i) => `job${i}`);
        for (const id of ids) await reach('processing', { ...ref, id });
        await store.create({ ...wanted, owner: 'otto' });
        await store.remove({ owner: 'otto', id: 'job1' });
        for (const id of ids.slice(1)) await store.remove({ ...ref, id });
        const at = clock.now();
        clock.advance(1);
        await store.remove({ ...ref, id: 'job0' });
        await store.remove({ ...ref, id: 'job1' }); // was removed before
        await store.remove({ ...ref, id: 'never made' });
        const removed = async (before: number) =>
          (await allPages((page) => store.removed(before, page), 2)).map(({ owner, id }) => `${owner} ${id}`).sort();
        expect(await removed(at)).toEqual([]);
        expect(await removed(at + 1)).toEqual(['olga job1', 'olga job2', 'olga job3', 'olga job4', 'otto job1']);
        expect((await store.removed(at + 1)).items[0]).toEqual({ owner: expect.any(String), id: expect.any(String) });
        await store.forget({ ...ref, id: 'job2' });
        await store.forget({ ...ref, id: 'job2' });
        await store.create({ ...wanted, id: 'job3' });
        await store.forget({ ...ref, id: 'job3' });
        expect(await removed(clock.now() + 1)).toEqual(['olga job0', 'olga job1', 'olga job4', 'otto job1']);
        expect(await store.get({ ...ref, id: 'job3' })).toMatchObject({ state: 'uploading' });
        expect((await store.list('olga')).items.map(({ id }) => id)).toEqual(['job3']);
        expect((await store.stuck(clock.now() + 1)).items.map(({ id }) => id)).toEqual(['job3']);
      });

      it('lists each removed job once while those found are forgotten', async () => {
        const ids = Array.from({ length: 10 }, (_, i) => `job${i}`);
        for (const id of ids) await store.create({ ...wanted, id });
        for (const id of ids) await store.remove({ ...ref, id });
        const found = await allPages(async (page) => {
          const removed = await store.removed(clock.now() + 1, page);
          for (const job of removed.items) await store.forget(job);
          return removed;
        }, 3);
        expect(found.map(({ id }) => id).sort()).toEqual(ids);
        expect((await store.removed(clock.now() + 1)).items).toEqual([]);
      });

      it('names a job that does not exist on every change', async () => {
        const changes: Promise<unknown>[] = [
          store.expect(ref, files('a.tif')),
          store.submit(ref),
          store.seal(ref),
          store.finishFile(ref, 'a.tif', done),
          store.startPackaging(ref),
          store.complete(ref, 1),
          store.fail(ref, outage),
          store.cancel(ref),
          store.expire(ref),
          store.reopen(ref),
          store.resetFailed(ref, 1),
          store.resume(ref, 1),
          store.touch(ref, 1),
        ];
        for (const settled of await Promise.allSettled(changes))
          expect(settled).toMatchObject({ status: 'rejected', reason: { code: 'jobMissing' } });
      });
    });

    describe('registering files', () => {
      it('counts what is new and leaves known files alone', async () => {
        await store.create(wanted);
        expect(await store.expect(ref, files('a.tif', 'b.tif'))).toBe(2);
        await store.finishFile(ref, 'a.tif', done);
        expect(await store.expect(ref, [{ path: 'a.tif', bytes: 7 }, ...files('c.tif')])).toBe(1);
        expect(await store.expect(ref, [])).toBe(0);
        expect(await store.get(ref)).toMatchObject({ expected: 3, done: 1, bytes: 100 + 101 + 100 });
        expect(await store.file(ref, 'a.tif')).toMatchObject({ bytes: 100, state: 'done' });
        expect(await store.file(ref, 'c.tif')).toEqual({ path: 'c.tif', bytes: 100, state: 'pending' });
        expect(await store.file(ref, 'none.tif')).toBeUndefined();
      });

      it('counts a path that is named twice in one call once', async () => {
        await store.create(wanted);
        expect(await store.expect(ref, [...files('a.tif'), ...files('a.tif')])).toBe(1);
        expect(await store.get(ref)).toMatchObject({ expected: 1 });
      });

      it.each(['uploading', 'processing'] as const)('is open while %s', async (reached) => {
        await reach(reached);
        expect(await store.expect(ref, files('c.tif'))).toBe(1);
      });

      it.each(['sealed', 'packaging', 'completed', 'failed', 'cancelled', 'expired', 'retrying'] as const)(
        'is closed when %s',
        async (reached) => {
          await reach(reached);
          expect(await store.expect(ref, files('c.tif'))).toBe(0);
          expect(await store.get(ref)).toMatchObject({ expected: 2 });
          expect(await store.file(ref, 'c.tif')).toBeUndefined();
        },
      );

      it('lists files in order of UTF-8 bytes, in pages, by state', async () => {
        const paths = ['Z.tif', 'a b.tif', 'a.tif', 'a/1.tif', 'é.tif', '\ufb01.tif', '😀.tif'];
        await store.create(wanted);
        await store.expect(ref, files(...[...paths].reverse()));
        for (const path of paths.slice(0, 2)) await store.finishFile(ref, path, done);
        for (const path of paths.slice(2, 5)) await store.finishFile(ref, path, failed);
        const listed = async (wantedState?: JobFile['state']) =>
          (await allPages((page) => store.files(ref, { ...page, ...(wantedState && { state: wantedState }) }), 2)).map(
            ({ path }) => path,
          );
        expect(await listed()).toEqual(paths);
        expect(await listed('done')).toEqual(paths.slice(0, 2));
        expect(await listed('failed')).toEqual(paths.slice(2, 5));
        expect(await listed('pending')).toEqual(paths.slice(5));
      });

      it('lists each file once while files leave the list', async () => {
        await store.create(wanted);
        const paths = Array.from({ length: 10 }, (_, i) => `${i}.tif`);
        await store.expect(ref, files(...paths));
        const listed = await allPages(async (page) => {
          const found = await store.files(ref, { ...page, state: 'pending' });
          for (const { path } of found.items) await store.finishFile(ref, path, done);
          return found;
        }, 3);
        expect(listed.map(({ path }) => path)).toEqual(paths);
      });

      it('takes 3000 files in one call', async () => {
        await store.create(wanted);
        const many = Array.from({ length: 3000 }, (_, i) => ({ path: `${i}.tif`, bytes: i }));
        expect(await store.expect(ref, many)).toBe(3000);
        expect(await allPages((page) => store.files(ref, page), 1000)).toHaveLength(3000);
      });
    });

    describe('files that are left out', () => {
      const reason = { code: 'imageLeftOut', message: 'left out: its name does not end in .tif or .tiff' };
      const notes = { path: 'notes.txt', bytes: 7, leftOut: reason };

      it('end when they are registered, once, and no outcome or retry changes them', async () => {
        await store.create(wanted);
        expect(await store.expect(ref, [...files('a.tif'), notes])).toBe(2);
        expect(await store.expect(ref, [notes])).toBe(0);
        expect(await store.get(ref)).toMatchObject({ expected: 2, done: 0, failed: 0, leftOut: 1, bytes: 107 });
        expect(await store.finishFile(ref, 'notes.txt', done)).toBeUndefined();
        expect(await store.finishFile(ref, 'notes.txt', failed)).toBeUndefined();
        const file = { path: 'notes.txt', bytes: 7, state: 'leftOut', failure: reason };
        expect(await store.file(ref, 'notes.txt')).toEqual(file);
        expect((await store.files(ref, { state: 'leftOut' })).items).toEqual([file]);
        expect((await store.files(ref, { state: 'failed' })).items).toEqual([]);
      });

      it('are not waited for, and a job with nothing else to fail is completed', async () => {
        await store.create(wanted);
        await store.expect(ref, [...files('a.tif'), notes]);
        await store.seal(ref);
        await store.submit(ref);
        expect(await store.startPackaging(ref)).toBeUndefined();
        await store.finishFile(ref, 'a.tif', done);
        expect(await store.startPackaging(ref)).toMatchObject({ state: 'packaging' });
        expect(await store.complete(ref, 1)).toMatchObject({ state: 'completed', done: 1, failed: 0, leftOut: 1 });
        expect(await store.reopen(ref)).toBeUndefined();
      });

      it('make a job that has nothing else an empty one, which cannot be retried', async () => {
        await store.create(wanted);
        await store.expect(ref, [notes]);
        await store.seal(ref);
        await store.submit(ref);
        await store.startPackaging(ref);
        expect(await store.complete(ref, 1)).toMatchObject({ state: 'failed', failure: { code: 'jobEmpty' } });
        expect(await store.reopen(ref)).toBeUndefined();
      });

      it('stay as they are while failed files are put back', async () => {
        await store.create(wanted);
        await store.expect(ref, [...files('a.tif'), notes]);
        await store.finishFile(ref, 'a.tif', failed);
        await store.seal(ref);
        await store.submit(ref);
        await store.startPackaging(ref);
        await store.complete(ref, 1);
        await store.reopen(ref);
        expect(await store.resetFailed(ref, 10)).toBe(1);
        expect(await store.resetFailed(ref, 10)).toBe(0);
        expect(await store.get(ref)).toMatchObject({ expected: 2, failed: 0, leftOut: 1 });
      });
    });

    describe('finishing files', () => {
      it('counts each file once', async () => {
        await reach('processing');
        expect(await store.finishFile(ref, 'a.tif', done)).toMatchObject({ done: 1, failed: 0, expected: 2 });
        expect(await store.finishFile(ref, 'a.tif', done)).toBeUndefined();
        expect(await store.finishFile(ref, 'a.tif', failed)).toBeUndefined();
        expect(await store.finishFile(ref, 'b.tif', failed)).toMatchObject({ done: 1, failed: 1 });
        expect(await store.finishFile(ref, 'b.tif', done)).toBeUndefined();
        expect(await store.get(ref)).toMatchObject({ done: 1, failed: 1 });
        expect((await store.files(ref)).items).toEqual([
          { path: 'a.tif', bytes: 100, state: 'done', generation: 1 },
          { path: 'b.tif', bytes: 101, ...failed, generation: 1 },
        ]);
      });

      it('counts once when many finish the same files at the same time', async () => {
        await store.create(wanted);
        const paths = Array.from({ length: 20 }, (_, i) => `${i}.tif`);
        await store.expect(ref, files(...paths));
        const calls = [...paths, ...paths, ...paths].map((path) => store.finishFile(ref, path, done));
        const counted = (await Promise.all(calls)).filter((job) => job !== undefined);
        expect(counted).toHaveLength(20);
        expect(await store.get(ref)).toMatchObject({ done: 20 });
      });

      it('ends files before the job is submitted', async () => {
        await reach('uploading');
        expect(await store.finishFile(ref, 'a.tif', done)).toMatchObject({ state: 'uploading', done: 1 });
      });

      it('does not know unregistered files', async () => {
        await reach('processing');
        expect(await store.finishFile(ref, 'c.tif', done)).toBeUndefined();
        expect(await store.get(ref)).toMatchObject({ expected: 2, done: 0 });
      });

      it.each(['cancelled', 'expired'] as const)('leaves the files of a job that is %s', async (reached) => {
        await reach(reached);
        expect(await store.finishFile(ref, 'a.tif', done)).toBeUndefined();
        expect(await store.file(ref, 'a.tif')).toMatchObject({ state: 'pending' });
      });
    });

    describe('packaging', () => {
      it('starts when sealed and all files ended, for one of many callers', async () => {
        await reach('sealed');
        expect(await store.startPackaging(ref)).toBeUndefined();
        await store.finishFile(ref, 'a.tif', done);
        expect(await store.startPackaging(ref)).toBeUndefined();
        await store.finishFile(ref, 'b.tif', failed);
        const winners = await Promise.all(Array.from({ length: 10 }, () => store.startPackaging(ref)));
        expect(winners.filter((job) => job !== undefined)).toEqual([expect.objectContaining({ state: 'packaging' })]);
        expect(await state()).toBe('packaging');
      });

      it('does not start before the manifest is sealed', async () => {
        await reach('processing');
        await store.finishFile(ref, 'a.tif', done);
        await store.finishFile(ref, 'b.tif', done);
        expect(await store.startPackaging(ref)).toBeUndefined();
        expect(await store.seal(ref)).toMatchObject({ sealed: true, state: 'processing' });
        expect(await store.seal(ref)).toBeUndefined();
        expect(await store.startPackaging(ref)).toMatchObject({ state: 'packaging' });
      });

      it('does not start before the job is submitted, sealed or not', async () => {
        await store.create(wanted);
        expect(await store.seal(ref)).toMatchObject({ state: 'uploading', sealed: true });
        expect(await store.startPackaging(ref)).toBeUndefined();
        expect(await store.submit(ref)).toMatchObject({ state: 'processing' });
        expect(await store.submit(ref)).toBeUndefined();
        expect(await store.startPackaging(ref)).toMatchObject({ state: 'packaging', expected: 0 });
      });

      it('completes once, with some failed files', async () => {
        await reach('packaging');
        expect(await store.complete(ref, 2)).toBeUndefined();
        const completed = await Promise.all(Array.from({ length: 5 }, () => store.complete(ref, 1)));
        expect(completed.filter((job) => job !== undefined)).toHaveLength(1);
        expect(await store.get(ref)).toMatchObject({ state: 'completed', done: 1, failed: 1 });
      });

      it('does not complete what is not packaged', async () => {
        await reach('sealed');
        expect(await store.complete(ref, 1)).toBeUndefined();
        expect(await state()).toBe('processing');
      });

      it('fails a job of which no file is done', async () => {
        await reach('sealed');
        await store.finishFile(ref, 'a.tif', failed);
        await store.finishFile(ref, 'b.tif', failed);
        await store.startPackaging(ref);
        expect(await store.complete(ref, 1)).toMatchObject({ state: 'failed', failure: { code: 'jobAllFailed' } });
      });

      it('fails a job that has no file', async () => {
        await store.create(wanted);
        await store.seal(ref);
        await store.submit(ref);
        await store.startPackaging(ref);
        expect(await store.complete(ref, 1)).toMatchObject({ state: 'failed', failure: { code: 'jobEmpty' } });
      });
    });

    describe('ending jobs', () => {
      const running = ['uploading', 'processing', 'packaging', 'retrying'] as const;
      const ended = ['completed', 'failed', 'cancelled', 'expired'] as const;

      it.each(running)('cancels and fails a job that is %s', async (reached) => {
        await reach(reached);
        expect(await store.cancel(ref)).toMatchObject({ state: 'cancelled', retrying: false });
        await store.remove(ref);
        await reach(reached);
        expect(await store.fail(ref, outage)).toMatchObject({ state: 'failed', failure: outage, retrying: false });
      });

      it.each(ended)('leaves a job alone that is %s', async (reached) => {
        await reach(reached);
        const before = await store.get(ref);
        clock.advance(60);
        for (const change of [
          store.cancel(ref),
          store.fail(ref, { code: 'gaveUp', message: 'again' }),
          store.expire(ref),
          store.submit(ref),
          store.seal(ref),
          store.startPackaging(ref),
          store.complete(ref, 1),
          store.resume(ref, 1),
          store.touch(ref, clock.now()),
        ]) {
          expect(await change).toBeUndefined();
        }
        expect(await store.resetFailed(ref, 10)).toBe(0);
        expect(await store.get(ref)).toEqual(before);
      });

      it('fails only the given generation', async () => {
        await reach('retrying');
        expect(await store.fail(ref, outage, 1)).toBeUndefined();
        expect(await store.fail(ref, outage, 2)).toMatchObject({ state: 'failed' });
      });

      it('expires what was never submitted', async () => {
        await reach('uploading');
        expect(await store.expire(ref)).toMatchObject({ state: 'expired' });
      });

      it('does not expire what is sealed or submitted', async () => {
        await reach('uploading');
        await store.seal(ref);
        expect(await store.expire(ref)).toBeUndefined();
        await store.submit(ref);
        expect(await store.expire(ref)).toBeUndefined();
        expect(await state()).toBe('processing');
      });
    });

    describe('retrying', () => {
      it('puts the failed files back, in steps', async () => {
        await reach('completed');
        expect(await store.reopen(ref)).toMatchObject({
          state: 'processing',
          retrying: true,
          generation: 2,
          sealed: true,
        });
        expect(await store.reopen(ref)).toBeUndefined();
        expect(await store.resetFailed(ref, 10)).toBe(1);
        expect(await store.resetFailed(ref, 10)).toBe(0);
        expect(await store.get(ref)).toMatchObject({ expected: 2, done: 1, failed: 0 });
        expect((await store.files(ref)).items).toEqual([
          { path: 'a.tif', bytes: 100, state: 'done', generation: 1 },
          { path: 'b.tif', bytes: 101, state: 'pending' },
        ]);
        await store.finishFile(ref, 'b.tif', done);
        expect(await store.startPackaging(ref)).toBeUndefined();
        expect(await store.resume(ref, 1)).toBeUndefined();
        expect(await store.resume(ref, 2)).toMatchObject({ retrying: false });
        expect(await store.resume(ref, 2)).toBeUndefined();
        expect(await store.startPackaging(ref)).toMatchObject({ state: 'packaging', generation: 2 });
        expect(await store.complete(ref, 1)).toBeUndefined();
        expect(await store.complete(ref, 2)).toMatchObject({ state: 'completed', done: 2, failed: 0 });
        expect(await store.reopen(ref)).toBeUndefined();
      });

      it('resets at most as many files as asked, and none that failed again meanwhile', async () => {
        await store.create(wanted);
        const paths = Array.from({ length: 7 }, (_, i) => `${i}.tif`);
        await store.expect(ref, files(...paths));
        await store.seal(ref);
        await store.submit(ref);
        for (const path of paths) await store.finishFile(ref, path, failed);
        await store.startPackaging(ref);
        await store.complete(ref, 1);
        expect(await store.reopen(ref)).not.toHaveProperty('failure');
        expect(await store.resetFailed(ref, 3)).toBe(3);
        const pending = (await store.files(ref, { state: 'pending' })).items;
        expect(pending).toHaveLength(3);
        for (const { path } of pending) await store.finishFile(ref, path, failed);
        let reset = 0;
        for (let n = -1; n !== 0; reset += n) n = await store.resetFailed(ref, 3);
        expect(reset).toBe(4);
        expect(await store.get(ref)).toMatchObject({ failed: 3, done: 0, expected: 7 });
      });

      it('leaves what was refused as it is, however many come first', async () => {
        await store.create(wanted);
        const codes = ['pathRefused', 'imageLeftOut', 'archiveBroken', 'archiveUnsupported', 'archiveUnsafe'];
        const refused = codes.map((code) => ({ code, message: 'the file was refused' }));
        await store.expect(ref, files('0.tif', '1.tif', '2.tif', '3.tif', '4.tif', 'a.tif', 'b.tif', 'c.tif'));
        for (const [i, failure] of refused.entries()) {
          await store.finishFile(ref, `${i}.tif`, { state: 'failed', failure });
        }
        await store.finishFile(ref, 'a.tif', failed);
        await store.finishFile(ref, 'b.tif', done);
        await store.finishFile(ref, 'c.tif', { state: 'failed', failure: { code: 'uploadMissing', message: '' } });
        await store.seal(ref);
        await store.submit(ref);
        await store.startPackaging(ref);
        await store.complete(ref, 1);
        await store.reopen(ref);
        expect(await store.resetFailed(ref, 1)).toBe(1);
        expect(await store.resetFailed(ref, 2)).toBe(1);
        expect(await store.resetFailed(ref, 2)).toBe(0);
        expect(await store.get(ref)).toMatchObject({ expected: 8, done: 1, failed: 5 });
        const { items } = await store.files(ref, { state: 'failed' });
        expect(items.map(({ path, failure, generation }) => ({ path, failure, generation }))).toEqual(
          refused.map((failure, i) => ({ path: `${i}.tif`, failure, generation: 1 })),
        );
      });

      it('takes up a job whose packaging failed though every file is done', async () => {
        await reach('sealed');
        await store.finishFile(ref, 'a.tif', done);
        await store.finishFile(ref, 'b.tif', done);
        await store.startPackaging(ref);
        await store.fail(ref, outage, 1);
        const reopened = await store.reopen(ref);
        expect(reopened).toMatchObject({ state: 'processing', generation: 2, done: 2 });
        expect(reopened).not.toHaveProperty('failure');
        expect(await store.get(ref)).not.toHaveProperty('failure');
      });

      it('has nothing to retry without failures, without files, or without a whole manifest', async () => {
        await reach('processing');
        await store.fail(ref, outage);
        expect(await store.reopen(ref)).toBeUndefined();
        const empty = { ...ref, id: 'empty' };
        await store.create({ ...wanted, ...empty });
        await store.seal(empty);
        await store.submit(empty);
        await store.startPackaging(empty);
        await store.complete(empty, 1);
        expect(await store.reopen(empty)).toBeUndefined();
      });

      it.each(['uploading', 'processing', 'packaging', 'cancelled', 'expired'] as const)(
        'does not reopen a job that is %s',
        async (reached) => {
          await reach(reached);
          expect(await store.reopen(ref)).toBeUndefined();
        },
      );
    });

    describe('finding stuck jobs', () => {
      it('moves changedAt with every change and not without', async () => {
        await reach('processing');
        const start = clock.now();
        clock.advance(1);
        await store.finishFile(ref, 'a.tif', done);
        expect(await store.get(ref)).toMatchObject({ createdAt: start, changedAt: start + 1000 });
        clock.advance(1);
        await store.finishFile(ref, 'a.tif', done);
        await store.expect(ref, files('a.tif'));
        await store.submit(ref);
        expect(await store.get(ref)).toMatchObject({ changedAt: start + 1000 });
      });

      it('lists jobs that are not terminal and unchanged since then, in pages', async () => {
        const states = [
          'uploading',
          'processing',
          'packaging',
          'retrying',
          'completed',
          'failed',
          'cancelled',
          'expired',
        ] as const;
        for (const reached of states) await reach(reached, { ...ref, id: reached });
        clock.advance(10);
        const before = clock.now();
        await store.create({ ...wanted, id: 'young' });
        const stuck = await allPages((page) => store.stuck(before, page), 2);
        expect(stuck.map(({ id }) => id).sort()).toEqual([...states.slice(0, 4)].sort());
        clock.advance(1);
        expect((await store.stuck(clock.now())).items).toHaveLength(5);
      });

      it('finds each stuck job once while those found are taken', async () => {
        const ids = Array.from({ length: 10 }, (_, i) => `job${i}`);
        for (const id of ids) await store.create({ ...wanted, id });
        clock.advance(60);
        const before = clock.now();
        clock.advance(1);
        const found = await allPages(async (page) => {
          const stuck = await store.stuck(before, page);
          for (const job of stuck.items) await store.touch(job, before);
          return stuck;
        }, 3);
        expect(found.map(({ id }) => id).sort()).toEqual(ids);
      });

      it('lets one of several take a stuck job', async () => {
        await reach('processing');
        clock.advance(60);
        const before = clock.now() - 30_000;
        const taken = await Promise.all(Array.from({ length: 5 }, () => store.touch(ref, before)));
        expect(taken.filter((job) => job !== undefined)).toHaveLength(1);
        expect(await store.get(ref)).toMatchObject({ state: 'processing', changedAt: clock.now() });
        expect((await store.stuck(before)).items).toEqual([]);
      });
    });
  });
