import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../../functions/core/job.ts';
import { finishAndAdvance, retryAndAdvance, sealAndAdvance, submitArchive } from '../../../functions/jobs/advance.ts';
import type { JobStore } from '../../../functions/ports/job-store.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import type { Queue } from '../../../functions/ports/queue.ts';
import { patience } from '../../../functions/stages/sweep/descriptor.ts';
import { handler as sweepHandler } from '../../../functions/stages/sweep/handler.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { memoryJobStore } from '../../support/memory/job-store.ts';
import { memoryObjectStore } from '../../support/memory/object-store.ts';
import { memoryQueue } from '../../support/memory/queue.ts';

const job = { owner: 'olga', id: 'job1' };
const done: Outcome = { state: 'done' };
const failed: Outcome = { state: 'failed', failure: { code: 'imageEmpty', message: 'the file is empty: 0 bytes' } };
const nothing = { dead: 0, rescued: 0, failed: 0, expired: 0, cleared: 0 };
const attempts = attemptsOf(2);

let clock: ManualClock;
let jobs: JobStore;
let queue: Queue;
let objects: ObjectStore;
let ports: { objects: ObjectStore; jobs: JobStore; queue: Queue; clock: ManualClock };
beforeEach(async () => {
  clock = manualClock();
  jobs = memoryJobStore(clock);
  queue = memoryQueue(clock, attempts);
  objects = memoryObjectStore(clock);
  ports = { objects, jobs, queue, clock };
  await jobs.create({ ...job, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
});

const register = (...paths: string[]) =>
  jobs.expect(
    job,
    paths.map((path) => ({ path, bytes: 1 })),
  );
const received = async (name: 'unzip' | 'files' | 'zips') =>
  (await queue.receive(name, { max: 10, visibilitySeconds: 30 })).map(({ body }) => body);

/** Delivers everything in a queue until it is dead. */
async function exhaust(name: 'unzip' | 'files' | 'zips') {
  for (let n = 0; n <= attempts[name]; n++) {
    await queue.receive(name, { max: 10, visibilitySeconds: 1 });
    clock.advance(2);
  }
}

describe('the steps of a job', () => {
  it('send a job to zip once, by whoever ends its last file', async () => {
    await register('a.tif', 'b.tif');
    await sealAndAdvance(job, ports);
    expect(await finishAndAdvance(job, 'a.tif', done, ports)).toBe(true);
    expect(await received('zips')).toEqual([]);
    expect(await finishAndAdvance(job, 'b.tif', failed, ports)).toBe(true);
    expect(await finishAndAdvance(job, 'b.tif', failed, ports)).toBe(false);
    expect(await received('zips')).toEqual([{ ...job, generation: 1 }]);
  });

  it('send a job to zip when its manifest is sealed last', async () => {
    await register('a.tif');
    await finishAndAdvance(job, 'a.tif', done, ports);
    expect(await received('zips')).toEqual([]);
    await sealAndAdvance(job, ports);
    await sealAndAdvance(job, ports);
    expect(await received('zips')).toEqual([{ ...job, generation: 1 }]);
  });

  it('take up the step of a caller that died after it ended the last file', async () => {
    await register('a.tif');
    await sealAndAdvance(job, ports);
    await jobs.finishFile(job, 'a.tif', done);
    expect(await finishAndAdvance(job, 'a.tif', done, ports)).toBe(false);
    expect(await received('zips')).toHaveLength(1);
  });

  it('send a zip to unzip before the job leaves uploading', async () => {
    await submitArchive(job, 'folder.zip', ports);
    expect(await received('unzip')).toEqual([{ ...job, archive: 'folder.zip' }]);
    expect(await jobs.get(job)).toMatchObject({ state: 'processing', sealed: false });
  });

  it('retry the failed files and only them, in the next generation', async () => {
    await register('a.tif', 'b.tif', 'c.tif');
    await sealAndAdvance(job, ports);
    await finishAndAdvance(job, 'a.tif', done, ports);
    for (const path of ['b.tif', 'c.tif']) await finishAndAdvance(job, path, failed, ports);
    await jobs.complete(job, 1);
    await received('zips');
    expect(await retryAndAdvance(job, ports)).toMatchObject({ generation: 2 });
    expect(await retryAndAdvance(job, ports)).toBeUndefined();
    expect(await received('files')).toEqual([
      { ...job, path: 'b.tif' },
      { ...job, path: 'c.tif' },
    ]);
    expect(await jobs.get(job)).toMatchObject({ state: 'processing', retrying: false, done: 1, failed: 0 });
    for (const path of ['b.tif', 'c.tif']) await finishAndAdvance(job, path, done, ports);
    expect(await received('zips')).toEqual([{ ...job, generation: 2 }]);
  });

  it('retry packaging alone when every file is done', async () => {
    await register('a.tif');
    await sealAndAdvance(job, ports);
    await finishAndAdvance(job, 'a.tif', done, ports);
    await received('zips');
    await jobs.fail(job, { code: 'gaveUp', message: '' }, 1);
    await retryAndAdvance(job, ports);
    expect(await received('files')).toEqual([]);
    expect(await received('zips')).toEqual([{ ...job, generation: 2 }]);
  });

  it('retry more files than one step takes', async () => {
    await register(...Array.from({ length: 2500 }, (_, i) => `${i}.tif`));
    await sealAndAdvance(job, ports);
    for (let i = 0; i < 2500; i++) await jobs.finishFile(job, `${i}.tif`, failed);
    await jobs.startPackaging(job);
    await jobs.complete(job, 1);
    await retryAndAdvance(job, ports);
    expect(await jobs.get(job)).toMatchObject({ failed: 0, expected: 2500 });
    expect(await queue.depth('files')).toMatchObject({ waiting: 2500 });
  });
});

describe('dead letters', () => {
  it('of a file end it as given up, and its job goes on', async () => {
    await register('a.tif', 'b.tif');
    await sealAndAdvance(job, ports);
    await finishAndAdvance(job, 'a.tif', done, ports);
    await queue.send('files', [{ ...job, path: 'b.tif' }]);
    await exhaust('files');
    expect(await sweepJobs(ports)).toEqual({ ...nothing, dead: 1 });
    expect(await jobs.file(job, 'b.tif')).toMatchObject({ state: 'failed', failure: { code: 'gaveUp' } });
    expect(await jobs.get(job)).toMatchObject({ state: 'packaging' });
    expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    expect(await sweepJobs(ports)).toEqual(nothing);
  });

  it('of a zip fail the job of that generation only', async () => {
    await register('a.tif');
    await sealAndAdvance(job, ports);
    await finishAndAdvance(job, 'a.tif', done, ports);
    await exhaust('zips');
    await sweepJobs(ports);
    expect(await jobs.get(job)).toMatchObject({ state: 'failed', failure: { code: 'gaveUp' } });
    await queue.send('zips', [{ ...job, generation: 1 }]);
    await retryAndAdvance(job, ports);
    await exhaust('zips');
    await queue.send('zips', [{ ...job, generation: 1 }]);
    await exhaust('zips');
    await jobs.touch(job, clock.now());
    expect(await jobs.get(job)).toMatchObject({ state: 'packaging', generation: 2 });
    const old = { ...ports, queue: onlyDead(queue, 1) };
    await sweepJobs(old);
    expect(await jobs.get(job)).toMatchObject({ state: 'packaging', generation: 2 });
  });

  it('of an archive fail a job whose manifest is open, and no other', async () => {
    await submitArchive(job, 'folder.zip', ports);
    await exhaust('unzip');
    await sweepJobs(ports);
    expect(await jobs.get(job)).toMatchObject({ state: 'failed', failure: { code: 'gaveUp' } });

    const whole = { ...job, id: 'job2' };
    await jobs.create({ ...whole, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
    await submitArchive(whole, 'folder.zip', ports);
    await jobs.expect(whole, [{ path: 'a.tif', bytes: 1 }]);
    await sealAndAdvance(whole, ports);
    await exhaust('unzip');
    await sweepJobs(ports);
    expect(await jobs.get(whole)).toMatchObject({ state: 'processing' });
  });

  it('of a job that is deleted are dropped', async () => {
    await queue.send('files', [{ ...job, id: 'gone', path: 'a.tif' }]);
    await queue.send('zips', [{ ...job, id: 'gone', generation: 1 }]);
    await queue.send('unzip', [{ ...job, id: 'gone', archive: 'a.zip' }]);
    for (const name of ['files', 'zips', 'unzip'] as const) await exhaust(name);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, dead: 3 });
    expect(await sweepJobs(ports)).toEqual(nothing);
  });

  it('that cannot be handled keep no other from it, stay, and are reported', async () => {
    await register('a.tif', 'b.tif');
    await queue.send('files', [
      { ...job, path: 'a.tif' },
      { ...job, path: 'b.tif' },
    ]);
    await exhaust('files');
    const broken: JobStore = {
      ...jobs,
      finishFile: (ref, path, outcome) =>
        path === 'a.tif' ? Promise.reject(new Error('the table is away')) : jobs.finishFile(ref, path, outcome),
    };
    const error = await sweepJobs({ ...ports, jobs: broken }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([new Error('the table is away')]);
    expect(await jobs.file(job, 'b.tif')).toMatchObject({ state: 'failed' });
    clock.advance(sweepHandler.stage.timeoutSeconds + 1);
    await sweepHandler.handle(ports);
    expect(await jobs.file(job, 'a.tif')).toMatchObject({ state: 'failed' });
  });
});

/** Only the letters of one generation: as if the others had been read before. */
function onlyDead(all: Queue, generation: number): Queue {
  return {
    ...all,
    async receiveDead(name, options) {
      const letters = await all.receiveDead(name, options);
      return letters.filter(({ body }) => (body as { generation?: number }).generation === generation);
    },
  };
}

describe('stuck jobs', () => {
  it('are left alone while they are young', async () => {
    await register('a.tif');
    await jobs.seal(job);
    clock.advance(patience.step);
    expect(await sweepJobs(ports)).toEqual(nothing);
    expect(await jobs.get(job)).toMatchObject({ state: 'uploading' });
  });

  it('that were sealed but not submitted go on', async () => {
    await register('a.tif');
    await finishAndAdvance(job, 'a.tif', done, ports);
    await jobs.seal(job);
    clock.advance(patience.step + 1);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, rescued: 1 });
    expect(await jobs.get(job)).toMatchObject({ state: 'packaging' });
    expect(await received('zips')).toHaveLength(1);
  });

  it('whose last file ended but nobody packaged are packaged', async () => {
    await register('a.tif');
    await sealAndAdvance(job, ports);
    await jobs.finishFile(job, 'a.tif', done);
    clock.advance(patience.step + 1);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, rescued: 1 });
    expect(await received('zips')).toEqual([{ ...job, generation: 1 }]);
  });

  it('whose zip message was lost get it again, once in a while', async () => {
    await jobs.seal(job);
    await jobs.submit(job);
    await jobs.startPackaging(job);
    clock.advance(patience.packaging + 1);
    expect(await Promise.all([sweepJobs(ports), sweepJobs(ports)])).toEqual([{ ...nothing, rescued: 1 }, nothing]);
    expect(await sweepJobs(ports)).toEqual(nothing);
    expect(await received('zips')).toEqual([{ ...job, generation: 1 }]);
    clock.advance(patience.packaging + 1);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, rescued: 1 });
  });

  it('whose file messages were lost get them again, only for files that wait', async () => {
    await register('a.tif', 'b.tif', 'c.tif');
    await sealAndAdvance(job, ports);
    await finishAndAdvance(job, 'b.tif', done, ports);
    clock.advance(patience.files - 1);
    expect(await sweepJobs(ports)).toEqual(nothing);
    clock.advance(2);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, rescued: 1 });
    expect(await sweepJobs(ports)).toEqual(nothing);
    expect(await received('files')).toEqual([
      { ...job, path: 'a.tif' },
      { ...job, path: 'c.tif' },
    ]);
  });

  it('whose retry was cut off after any step are retried to the end', async () => {
    const steps: ((id: { owner: string; id: string }) => Promise<unknown>)[] = [
      (ref) => jobs.reopen(ref),
      (ref) => jobs.resetFailed(ref, 1),
      (ref) => jobs.resetFailed(ref, 1),
    ];
    for (let cutAfter = 1; cutAfter <= steps.length; cutAfter++) {
      const ref = { ...job, id: `cut-${cutAfter}` };
      await jobs.create({ ...ref, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
      await jobs.expect(ref, [
        { path: 'a.tif', bytes: 1 },
        { path: 'b.tif', bytes: 1 },
      ]);
      await sealAndAdvance(ref, ports);
      for (const path of ['a.tif', 'b.tif']) await finishAndAdvance(ref, path, failed, ports);
      await jobs.complete(ref, 1);
      for (const step of steps.slice(0, cutAfter)) await step(ref);
      clock.advance(patience.step + 1);
      expect(await sweepJobs(ports)).toEqual({ ...nothing, rescued: 1 });
      const messages = await queue.receive('files', { max: 10, visibilitySeconds: 30 });
      expect(messages.map(({ body }) => body)).toEqual([
        { ...ref, path: 'a.tif' },
        { ...ref, path: 'b.tif' },
      ]);
      const receipts = messages.map(({ receipt }) => receipt);
      await queue.acknowledge('files', receipts);
      for (const path of ['a.tif', 'b.tif']) await finishAndAdvance(ref, path, done, ports);
      await jobs.complete(ref, 2);
      expect(await jobs.get(ref)).toMatchObject({ state: 'completed', done: 2, generation: 2 });
    }
  });

  it('whose archive is never unpacked fail', async () => {
    await jobs.submit(job);
    clock.advance(patience.manifest);
    expect(await sweepJobs(ports)).toEqual(nothing);
    clock.advance(1);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, failed: 1 });
    expect(await jobs.get(job)).toMatchObject({ state: 'failed', failure: { code: 'gaveUp' } });
  });

  it('that are never submitted expire', async () => {
    await register('a.tif');
    clock.advance(patience.upload);
    expect(await sweepJobs(ports)).toEqual(nothing);
    clock.advance(1);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, expired: 1 });
    expect(await jobs.get(job)).toMatchObject({ state: 'expired' });
  });

  it('are all found, however many there are', async () => {
    for (let i = 0; i < 250; i++) {
      const ref = { ...job, id: `many-${i}` };
      await jobs.create({ ...ref, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
      await jobs.seal(ref);
    }
    clock.advance(patience.step + 1);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, rescued: 250 });
  });
});

describe('jobs that were removed', () => {
  const late = { bucket: 'results', key: 'olga/job1/a.tif/labels.tif' } as const;
  const other = { bucket: 'results', key: 'olga/job10/a.tif/labels.tif' } as const;

  it('lose what came late once nothing more can come', async () => {
    await jobs.remove(job);
    for (const ref of [late, other]) await objects.put(ref, Buffer.from('x'));
    clock.advance(patience.removal);
    expect(await sweepJobs(ports)).toEqual(nothing);
    expect(await objects.head(late)).toMatchObject({ bytes: 1 });
    clock.advance(1);
    expect(await sweepJobs(ports)).toEqual({ ...nothing, cleared: 1 });
    expect(await objects.head(late)).toBeUndefined();
    expect(await objects.head(other)).toMatchObject({ bytes: 1 });
    expect(await sweepJobs(ports)).toEqual(nothing);
  });

  it('are cleared by a later round when the store fails', async () => {
    await jobs.remove(job);
    await objects.put(late, Buffer.from('x'));
    clock.advance(patience.removal + 1);
    const broken = { ...objects, removeAll: async () => Promise.reject(new Error('the store is away')) };
    await expect(sweepJobs({ ...ports, objects: broken })).rejects.toThrow('1 jobs or messages');
    expect(await sweepJobs(ports)).toEqual({ ...nothing, cleared: 1 });
    expect(await objects.head(late)).toBeUndefined();
  });

  it('keep their objects when they are made anew under their name', async () => {
    await jobs.remove(job);
    clock.advance(patience.removal + 1);
    await jobs.create({ ...job, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
    await objects.put(late, Buffer.from('x'));
    await sweepJobs(ports);
    expect(await objects.head(late)).toMatchObject({ bytes: 1 });
  });
});
