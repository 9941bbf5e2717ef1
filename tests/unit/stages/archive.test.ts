import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertLive } from '../../../functions/api/archived.ts';
import { downloadRef, editsPrefix, resultRef } from '../../../functions/core/object-keys.ts';
import type { Plan } from '../../../functions/core/plans.ts';
import { archivingPlans } from '../../../functions/core/plans.ts';
import { storageOf } from '../../../functions/core/storage-steps.ts';
import { dayMs } from '../../../functions/core/time.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { handler } from '../../../functions/stages/cold/handler.ts';
import { notifyOwner } from '../../../functions/stages/notify/notify.ts';
import { sweep } from '../../../functions/stages/sweep/descriptor.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { bytesOf, noise } from '../../support/bytes.ts';
import { completeJob } from '../../support/completed-job.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type ColdObjectStore, coldObjectStore } from '../../support/memory/cold-object-store.ts';
import { memoryJobStore } from '../../support/memory/job-store.ts';
import { memoryQueue } from '../../support/memory/queue.ts';

const free: Plan = archivingPlans.free;
const premium: Plan = { ...archivingPlans.premium, restoreTier: 'expedited' };
const path = 'day 1/Zelle #1.tif';

let clock: ManualClock;
let objects: ColdObjectStore;
let ports: Ports;
let plan: Plan;
let hasCapacity: boolean;
beforeEach(async () => {
  clock = manualClock();
  hasCapacity = true;
  objects = coldObjectStore(clock, { hasCapacity: () => hasCapacity });
  plan = free;
  ports = {
    ...{ objects, clock, jobs: memoryJobStore(clock), queue: memoryQueue(clock, attemptsOf(5)) },
    members: { planOf: async () => plan },
    archiving: true,
  };
  await complete('job1');
});

const ref = (id = 'job1') => ({ owner: 'olga', id });
const zipRef = (id = 'job1') => downloadRef({ ...ref(id), generation: 1 });
const storage = async (id = 'job1') => storageOf((await ports.jobs.get(ref(id)))!);
const results = async () => {
  const { objects: listed } = await objects.list('results', 'olga/job1/');
  const read = async (key: string) => bytesOf(await objects.get({ bucket: 'results', key }));
  return Promise.all(listed.map(async ({ key }) => [key, await read(key)] as const));
};

/** A job of one image, with its zip. */
const complete = (id: string) => completeJob(ref(id), [{ path, bytes: 2000 }], ports);

/** Handles what is visible, with the accesses that the stage declares; returns what came of it. */
async function deliver(): Promise<unknown[]> {
  const done: unknown[] = [];
  for (;;) {
    const [message] = await ports.queue.receive('cold', { max: 1, visibilitySeconds: 60 });
    if (message === undefined) return done;
    done.push(await handler.handle(message.body, restrict(handler.stage, ports)));
    await ports.queue.acknowledge('cold', [message.receipt]);
  }
}
async function archive(): Promise<void> {
  await deliver();
  clock.advance(300);
  await deliver();
  expect(await storage()).toMatchObject({ state: 'archived' });
}
const change = (to: Plan) => {
  plan = to;
  return ports.queue.send('cold', [{ kind: 'restoreAll', owner: 'olga' }]);
};
const arrive = async () => {
  objects.arrive(zipRef());
  await ports.queue.send('cold', [{ kind: 'thaw', ...ref() }]);
};

describe('results of a plan that archives', () => {
  it('go five minutes after their job completed, all but previews and tables', async () => {
    const before = (await results()).map(([key]) => key);
    expect(await deliver()).toEqual(['due']);
    const { dueAt } = await storage();
    expect(dueAt).toBe(clock.now() + 300_000);
    clock.advance(299);
    expect(await deliver()).toEqual([]);
    clock.advance(1);
    const { bytes } = (await objects.head(zipRef()))!;
    expect(await deliver()).toEqual([{ archived: bytes }]);
    expect(await storage()).toMatchObject({ state: 'archived', round: 1, bytes });
    expect(await objects.head(zipRef())).toMatchObject({ cold: 'frozen' });
    const gone = before.filter((key) => /(labels\.tif|rois\.zip)$/.test(key));
    expect(gone).toHaveLength(2);
    expect((await results()).map(([key]) => key)).toEqual(before.filter((key) => !gone.includes(key)));
  });

  it('stay where the plan does not archive, also when it begins to later', async () => {
    plan = premium;
    expect(await deliver()).toEqual(['kept']);
    plan = free;
    clock.advance(3600);
    expect(await deliver()).toEqual([]);
    expect(await storage()).toEqual({ state: 'live', round: 0, since: 0 });
  });

  it('stay when the plan changes in the last moment, and late messages change nothing', async () => {
    await deliver();
    clock.advance(300);
    plan = premium; // between the message and the mark
    expect(await deliver()).toEqual(['kept']);
    plan = free;
    await ports.queue.send('cold', [{ kind: 'archive', ...ref(), generation: 1, round: 0 }]);
    expect(await deliver()).toEqual(['kept']);
    expect(await objects.head(zipRef())).not.toHaveProperty('cold');
  });

  it('come back where plans are read from a copy that followed too late', async () => {
    await deliver();
    clock.advance(300);
    let looks = 0;
    ports = { ...ports, members: { planOf: async () => (++looks === 1 ? free : premium) } };
    expect(await deliver()).toEqual([{ archived: expect.any(Number) }, { tier: 'expedited' }]);
  });

  it('stay where labels are corrected', async () => {
    await objects.put({ bucket: 'results', key: `${editsPrefix(ref(), 'a')}00000001.json` }, Buffer.from('{}'));
    await deliver();
    clock.advance(300);
    expect(await deliver()).toEqual(['kept']);
    expect(await storage()).toMatchObject({ state: 'live' });
  });

  it('stay where the zip does not hold one of them as it is', async () => {
    await objects.put(resultRef(ref(), path, 'rois.zip'), noise(500));
    await deliver();
    clock.advance(300);
    expect(await deliver()).toEqual(['kept']);
    expect(await storage()).toMatchObject({ state: 'live' });
    expect(await objects.head(zipRef())).not.toHaveProperty('cold');
  });

  it('come back as they were when the plan changes, and their owner is told', async () => {
    const before = await results();
    const zip = await bytesOf(await objects.get(zipRef()));
    await archive();
    await change(premium);
    expect(await deliver()).toEqual([{ asked: 1 }, { tier: 'expedited' }]);
    expect(await storage()).toMatchObject({ state: 'restoring', tier: 'expedited', readyBy: clock.now() + 300_000 });
    await ports.queue.send('cold', [{ kind: 'thaw', ...ref() }]); // too early
    expect(await deliver()).toEqual(['waits']);
    await ports.queue.receive('notices', { max: 10, visibilitySeconds: 9e9 }); // that it is done
    await arrive();
    expect(await deliver()).toEqual([{ putBack: 2 }]);
    expect(await results()).toEqual(before);
    expect((await bytesOf(await objects.get(zipRef()))).equals(zip)).toBe(true);
    expect(await storage()).toEqual({ state: 'live', round: 1, since: clock.now() });
    const [notice] = await ports.queue.receive('notices', { max: 10, visibilitySeconds: 60 });
    expect(notice!.body).toEqual({ ...ref(), generation: 1, restored: 1 });
    const said: { id: string; subject: string }[] = [];
    const hook = { send: async ({ id, subject }: { id: string; subject: string }) => void said.push({ id, subject }) };
    const notices = { channels: { hook }, addresses: { find: async () => undefined }, page: 'https://lab.example' };
    expect(await notifyOwner(notice!.body, { ...ports, notices })).toEqual({ notified: 'hook' });
    expect(said).toEqual([{ id: 'job1.1.restored.1', subject: '[labdeploy] plate is back from the archive' }]);
  });

  it('come at the lower price where the archive has no capacity for the faster way', async () => {
    await archive();
    hasCapacity = false;
    await change(premium);
    expect(await deliver()).toEqual([{ asked: 1 }, { tier: 'standard' }]);
    expect(await storage()).toMatchObject({
      state: 'restoring',
      tier: 'standard',
      readyBy: clock.now() + 5 * 3_600_000,
    });
  });

  it('are asked for again where the copy that could be read has ended', async () => {
    await archive();
    await change(premium);
    await deliver();
    objects.arrive(zipRef());
    clock.advance(4 * 24 * 3600);
    await ports.queue.send('cold', [{ kind: 'thaw', ...ref() }]);
    expect(await deliver()).toEqual(['asked again']);
    await arrive();
    expect(await deliver()).toEqual([{ putBack: 2 }]);
  });

  it('that their owner asked for stay a day, where the plan goes on to archive', async () => {
    await archive();
    await ports.queue.send('cold', [{ kind: 'restore', ...ref() }]);
    expect(await deliver()).toEqual(['nothing to restore']); // nobody asked
    await ports.queue.send('cold', [{ kind: 'restore', ...ref(), asked: true }]);
    expect(await deliver()).toEqual([{ tier: 'standard' }]);
    await arrive();
    await deliver();
    expect(await storage()).toMatchObject({ state: 'live', round: 1, dueAt: clock.now() + 24 * 3_600_000 });
    clock.advance(25 * 3600);
    await sweepJobs(restrict(sweep, ports));
    expect(await deliver()).toEqual([{ archived: expect.any(Number) }]);
    expect(await storage()).toMatchObject({ state: 'archived', round: 2 });
  });

  it('that were on their way to the archive when the plan changed come back', async () => {
    await deliver();
    clock.advance(300);
    await ports.jobs.moveStorage(ref(), { to: 'archiving', generation: 1, round: 0 }); // and its process died
    await change(premium);
    expect(await deliver()).toEqual(expect.arrayContaining([{ asked: 1 }, 'waits']));
    clock.advance(31 * 60);
    await sweepJobs(restrict(sweep, ports));
    expect(await deliver()).toEqual(expect.arrayContaining(['kept']));
    expect(await storage()).toMatchObject({ state: 'live' });
    expect(await objects.head(zipRef())).not.toHaveProperty('cold');
  });

  it('come back where their owner asked while they were on their way to the archive', async () => {
    await deliver();
    clock.advance(300);
    await ports.jobs.moveStorage(ref(), { to: 'archiving', generation: 1, round: 0 }); // by a process that is slow
    await ports.queue.receive('cold', { max: 1, visibilitySeconds: 9e9 });
    await ports.queue.send('cold', [{ kind: 'restore', ...ref(), asked: true }]);
    expect(await deliver()).toEqual(['waits']);
    await ports.jobs.moveStorage(ref(), { to: 'released', round: 1 });
    await ports.queue.send('cold', [{ kind: 'archive', ...ref(), generation: 1, round: 0 }]);
    expect(await deliver()).toEqual([{ archived: expect.any(Number) }]);
    clock.advance(60);
    expect(await deliver()).toEqual([{ tier: 'standard' }]);
    expect(await storage()).toMatchObject({ state: 'restoring', tier: 'standard' });
  });

  it('come back within a day where whoever changed the plan died before saying so', async () => {
    await archive();
    plan = premium;
    clock.advance(25 * 3600);
    await sweepJobs(restrict(sweep, ports));
    expect(await deliver()).toEqual([{ tier: 'expedited' }]);
  });

  it('can be downloaded while a slow disk takes longer than any wait, and come back if the plan changed meanwhile', async () => {
    const [before, zip] = [await results(), await bytesOf(await objects.get(zipRef()))];
    await deliver();
    clock.advance(300);
    const [reached, copied] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { coldStorage } = objects;
    const freeze: typeof coldStorage.freeze = async (wanted) => {
      reached.resolve();
      await copied.promise;
      await coldStorage.freeze(wanted);
    };
    ports = { ...ports, objects: { ...objects, coldStorage: { ...coldStorage, freeze } } };
    const archiving = deliver();
    await reached.promise;
    for (let look = 0; look < 4; look++) {
      clock.advance(31 * 60); // the lease is over, and sweep looks
      await sweepJobs(restrict(sweep, ports));
      expect(await storage()).toMatchObject({ state: 'archiving' });
      assertLive((await ports.jobs.get(ref()))!, await objects.head(zipRef())); // it is given out
      expect(await results()).toEqual(before);
    }
    await change(premium);
    copied.resolve();
    const [first, ...later] = await archiving;
    expect(first).toEqual({ archived: zip.length });
    expect(later).toEqual(expect.arrayContaining([{ tier: 'expedited' }]));
    await arrive();
    await deliver();
    expect(await storage()).toMatchObject({ state: 'live' });
    expect(await results()).toEqual(before);
    expect((await bytesOf(await objects.get(zipRef()))).equals(zip)).toBe(true);
  });

  it('are deleted when their days in the archive are over; previews and tables stay', async () => {
    await archive();
    const { keptUntil } = await storage();
    expect(keptUntil).toBe(clock.now() + 365 * dayMs);
    const [kept, { bytes }] = [await results(), (await objects.head(zipRef()))!];
    clock.advance(364 * 24 * 3600);
    await ports.queue.send('cold', [{ kind: 'expire', ...ref() }]); // too early
    await sweepJobs(restrict(sweep, ports));
    expect(await deliver()).toEqual(['nothing to delete', 'nothing to restore']);
    clock.advance(24 * 3600 + 1);
    await sweepJobs(restrict(sweep, ports));
    expect(await deliver()).toEqual([{ deleted: bytes }]);
    expect(await storage()).toEqual({ state: 'deleted', round: 1, since: clock.now(), bytes });
    expect(await objects.head(zipRef())).toBeUndefined();
    expect(await results()).toEqual(kept);
    await change(premium);
    expect(await deliver()).toEqual([{ asked: 0 }]);
  });

  it('come back, not to be deleted, where another plan came before their last day', async () => {
    await archive();
    clock.advance(365 * 24 * 3600 + 1);
    plan = premium; // and whoever changed it died before saying so
    await sweepJobs(restrict(sweep, ports));
    expect(await deliver()).toEqual([{ tier: 'expedited' }]);
    expect(await storage()).toMatchObject({ state: 'restoring' });
  });

  it('are deleted by the next sweep where one was killed between the mark and the zip', async () => {
    await archive();
    clock.advance(365 * 24 * 3600 + 1);
    await ports.jobs.moveStorage(ref(), { to: 'deleted', round: 1 });
    clock.advance(30 * 60 + 1);
    await sweepJobs(restrict(sweep, ports));
    expect(await deliver()).toEqual([{ deleted: expect.any(Number) }]);
    expect(await objects.head(zipRef())).toBeUndefined();
    expect(await storage()).not.toHaveProperty('lookAt');
  });

  it('of many jobs are asked for some a message, the first hundred the faster way', async () => {
    for (let n = 2; n <= 130; n++) await complete(`job${n}`);
    await deliver();
    clock.advance(300);
    await deliver();
    await change(premium);
    const done = await deliver();
    expect(done.filter((each) => typeof each === 'object' && 'asked' in each!)).toHaveLength(6);
    const tiers = done.flatMap((each) => (each as { tier?: string }).tier ?? []);
    expect(tiers.filter((tier) => tier === 'expedited')).toHaveLength(100);
    expect(tiers.filter((tier) => tier === 'standard')).toHaveLength(30);
  });
});

it('a service without an archive sends and looks at nothing of it', async () => {
  const { archiving: _, ...without } = ports;
  ports = without;
  await ports.queue.receive('cold', { max: 10, visibilitySeconds: 9e9 });
  await complete('job2');
  expect(await ports.queue.depth('cold')).toMatchObject({ waiting: 0 });
  expect(await sweepJobs(restrict(sweep, ports))).not.toHaveProperty('archive');
});
