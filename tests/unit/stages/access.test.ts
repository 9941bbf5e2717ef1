import { describe, expect, it } from '@jest/globals';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { localModels } from '../../../functions/adapters/local/models.ts';
import type { Messages } from '../../../functions/core/messages.ts';
import { type Bucket, buckets } from '../../../functions/core/object-keys.ts';
import type { JobStore } from '../../../functions/ports/job-store.ts';
import type { Models } from '../../../functions/ports/models.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { answers } from '../../../functions/stages/answers/descriptor.ts';
import { cold } from '../../../functions/stages/cold/descriptor.ts';
import { predict } from '../../../functions/stages/predict/descriptor.ts';
import type { Stage } from '../../../functions/stages/stage.ts';
import { queueNames } from '../../../functions/stages/stages.ts';
import { sweep } from '../../../functions/stages/sweep/descriptor.ts';
import { unzip } from '../../../functions/stages/unzip/descriptor.ts';
import { zip } from '../../../functions/stages/zip/descriptor.ts';
import { factsOf } from '../../contract/models.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryJobStore } from '../../support/memory/job-store.ts';
import { memoryObjectStore } from '../../support/memory/object-store.ts';
import { memoryQueue } from '../../support/memory/queue.ts';

const reader: Stage = {
  ...zip,
  name: 'reader',
  jobs: ['list', 'running'],
  lists: ['downloads'],
  deletes: ['downloads'],
};
const stages: Stage[] = [unzip, predict, zip, cold, answers, sweep, reader];
const job = { owner: 'olga', id: 'job1' };
const inBucket = (bucket: Bucket) => ({ bucket, key: 'olga/job1/a.tif' });
const message: Omit<Messages, 'large'> = {
  unzip: { ...job, archive: 'a.zip' },
  files: { ...job, path: 'a.tif' },
  zips: { ...job, generation: 1 },
  notices: { ...job, generation: 1 },
  pictures: { kind: 'crop' as const, ...job },
  cold: { ...job, kind: 'thaw' },
  teaching: { ...job, kind: 'zip' },
  answers: { ...job, image: 'f', request: 'a1', attempt: 1 },
};
const failure = { code: 'gaveUp', message: '' };

/** Full ports with an object in every bucket and one job, and the same ports as the stage sees them. */
async function ports(stage: Stage): Promise<{ all: Ports; own: Ports }> {
  const clock = manualClock();
  const all = {
    objects: memoryObjectStore(clock),
    jobs: memoryJobStore(clock),
    models: localModels(openLocalDatabase(':memory:'), clock),
    queue: memoryQueue(clock, attemptsOf(1)),
    clock,
  };
  for (const bucket of buckets) await all.objects.put(inBucket(bucket), Buffer.from('x'));
  await all.jobs.create({ ...job, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
  return { all, own: restrict(stage, all) };
}

async function allowed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'accessRefused') return false;
    throw error;
  }
}

describe.each(stages)('what $name may touch', (stage) => {
  it.each(buckets)('follows its descriptor in %s', async (bucket) => {
    const { own } = await ports(stage);
    const ref = inBucket(bucket);
    const reads = stage.reads.includes(bucket);
    const writes = stage.writes.includes(bucket);
    const deletes = stage.deletes?.includes(bucket) ?? false;
    const lists = stage.lists.includes(bucket);
    expect({
      head: await allowed(own.objects.head(ref)),
      get: await allowed(own.objects.get(ref)),
      list: await allowed(own.objects.list(bucket, 'olga/')),
      put: await allowed(own.objects.put(ref, Buffer.from('y'))),
      compose: await allowed(own.objects.compose(ref, [{ bytes: Buffer.from('y') }])),
      remove: await allowed(own.objects.remove(ref)),
      removeAll: await allowed(own.objects.removeAll(bucket, 'olga/')),
    }).toEqual({
      head: reads,
      get: reads,
      list: lists,
      put: writes,
      compose: writes,
      remove: deletes,
      removeAll: deletes && lists,
    });
  });

  it.each(buckets)('learns that an object is missing in %s only where it may list', async (bucket) => {
    const { own } = await ports(stage);
    const missing = { bucket, key: 'olga/job1/none.tif' };
    const learns = stage.reads.includes(bucket) && stage.lists.includes(bucket);
    expect(await allowed(own.objects.head(missing))).toBe(learns);
    const thrown = { code: learns ? 'objectMissing' : 'accessRefused' };
    await expect(own.objects.get(missing)).rejects.toMatchObject(thrown);
    for (const target of stage.writes) {
      await expect(own.objects.compose(inBucket(target), [{ from: missing }])).rejects.toMatchObject(thrown);
    }
  });

  it('needs to read what it composes', async () => {
    const { own } = await ports(stage);
    for (const target of stage.writes) {
      for (const source of buckets) {
        const composed = own.objects.compose(inBucket(target), [{ from: inBucket(source) }]);
        expect(await allowed(composed)).toBe(stage.reads.includes(source));
      }
    }
  });

  it('composes several ranges only where it may make and remove objects in between', async () => {
    const { own } = await ports(stage);
    const source = { from: inBucket(stage.reads[0]!) };
    for (const target of stage.writes) {
      const both = stage.reads.includes(target) && stage.deletes?.includes(target) === true;
      const composed = own.objects.compose(inBucket(target), [source, { bytes: Buffer.from('y') }, source]);
      expect(await allowed(composed)).toBe(both || stage.composes?.includes(target) === true);
    }
  });

  it.each(queueNames)('follows its descriptor in the queue %s', async (queue) => {
    const { own } = await ports(stage);
    const options = { max: 1, visibilitySeconds: 1 };
    const drains = stage.drains?.includes(queue) ?? false;
    expect({
      send: await allowed(own.queue.send(queue, [message[queue]])),
      receive: await allowed(own.queue.receive(queue, options)),
      acknowledge: await allowed(own.queue.acknowledge(queue, [])),
      hide: await allowed(own.queue.hide(queue, '1.1', 1)),
      receiveDead: await allowed(own.queue.receiveDead(queue, options)),
      acknowledgeDead: await allowed(own.queue.acknowledgeDead(queue, [])),
      depth: await allowed(own.queue.depth(queue)),
    }).toEqual({
      send: stage.sends.includes(queue),
      receive: false,
      acknowledge: false,
      hide: false,
      receiveDead: drains,
      acknowledgeDead: drains,
      depth: drains,
    });
  });

  it('calls the methods of the job table that it declares, and no other', async () => {
    const { own } = await ports(stage);
    const { jobs } = own;
    const calls: { [M in keyof JobStore as M extends string ? M : never]: () => Promise<unknown> } = {
      create: () => jobs.create({ ...job, name: '', settings: { model: { name: '', sha256: '' } } }),
      get: () => jobs.get(job),
      list: () => jobs.list('olga'),
      running: () => jobs.running('olga'),
      files: () => jobs.files(job),
      file: () => jobs.file(job, 'a'),
      describe: () => jobs.describe(job, { name: 'other' }),
      stuck: () => jobs.stuck(0),
      expect: () => jobs.expect(job, [{ path: 'a.tif', bytes: 1 }]),
      submit: () => jobs.submit(job),
      seal: () => jobs.seal(job),
      finishFile: () => jobs.finishFile(job, 'a.tif', { state: 'done' }),
      placeFile: () => jobs.placeFile(job, 'a.tif', 'waits'),
      startPackaging: () => jobs.startPackaging(job),
      complete: () => jobs.complete(job, 2),
      fail: () => jobs.fail(job, failure, 2),
      expire: () => jobs.expire(job),
      reopen: () => jobs.reopen(job),
      resetFailed: () => jobs.resetFailed(job, 1),
      resume: () => jobs.resume(job, 1),
      touch: () => jobs.touch(job, 0),
      cancel: () => jobs.cancel(job),
      remove: () => jobs.remove(job),
      moveStorage: () => jobs.moveStorage(job, { to: 'looked', before: 0 }),
      storageWaiting: () => jobs.storageWaiting(0),
      removed: () => jobs.removed(0),
      forget: () => jobs.forget(job),
    };
    const called: string[] = [];
    for (const [method, call] of Object.entries(calls)) if (await allowed(call())) called.push(method);
    expect(called.sort()).toEqual([...stage.jobs].sort());
  });

  it('calls the methods of the registry of models that it declares, and no other', async () => {
    const { own } = await ports(stage);
    const models = own.models!;
    const calls: { [M in keyof Models]: () => Promise<unknown> } = {
      add: () => models.add({ id: 'a', kind: 'onnx', bytes: 1, by: 'ada' }),
      get: () => models.get('a'),
      all: () => models.all(),
      startCheck: () => models.startCheck('a'),
      accept: () => models.accept('a', factsOf('nuclei', '1')),
      startBuild: () => models.startBuild('a', { source: 'f', dockerfile: 'Dockerfile' }),
      followBuild: () => models.followBuild('a', { source: 'f', dockerfile: 'Dockerfile', phases: [] }),
      endBuild: () => models.endBuild('a', 'images@sha256:1'),
      refuse: () => models.refuse('a', failure),
      checkAgain: () => models.checkAgain('a'),
      offer: () => models.offer('a', { id: 'ada', name: 'Ada' }),
      retire: () => models.retire('a'),
      forgetPerson: () => models.forgetPerson('ada'),
    };
    const called: string[] = [];
    for (const [method, call] of Object.entries(calls)) if (await allowed(call())) called.push(method);
    expect(called.sort()).toEqual([...(stage.models ?? [])].sort());
  });

  it('has touched nothing when it is refused', async () => {
    const { all, own } = await ports(stage);
    const [forbidden] = buckets.filter((bucket) => !stage.writes.includes(bucket));
    await expect(own.objects.put(inBucket(forbidden!), Buffer.from('changed'))).rejects.toMatchObject({
      code: 'accessRefused',
      message: expect.stringContaining(`stage ${stage.name} may not write ${forbidden}`),
    });
    expect(await all.objects.head(inBucket(forbidden!))).toMatchObject({ bytes: 1 });
  });
});

it('random access is reading, and is there only where the store has it', async () => {
  const clock = manualClock();
  const base = memoryObjectStore(clock);
  const rest = {
    jobs: memoryJobStore(clock),
    queue: memoryQueue(clock, attemptsOf(1)),
    clock,
  };
  expect(restrict(predict, { ...rest, objects: base }).objects.open).toBeUndefined();
  const opened: string[] = [];
  const objects = {
    ...base,
    open: async ({ bucket }: { bucket: string }) => {
      opened.push(bucket);
      return { size: 0, read: async () => new Uint8Array(), [Symbol.asyncDispose]: async () => {} };
    },
  };
  const { open } = restrict(predict, { ...rest, objects }).objects;
  await open!(inBucket('inputs'));
  await expect(open!(inBucket('uploads'))).rejects.toMatchObject({ code: 'accessRefused' });
  expect(opened).toEqual(['inputs']);
});
