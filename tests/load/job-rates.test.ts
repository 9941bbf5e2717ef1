import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { finishAndAdvance } from '../../functions/jobs/advance.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';
import type { Queue } from '../../functions/ports/queue.ts';
import { answeredClient } from '../support/dynamo-model/answering-client.ts';
import { busyTable, type Limits, limitedAnswering, newTable } from '../support/dynamo-model/limited.ts';
import { DynamoModel } from '../support/dynamo-model/model.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

const ref = { owner: 'olga', id: 'job1' };
const wanted = { ...ref, name: 'folder', settings: { model: { name: 'nuclei', sha256: 'ab' } } };
/** What predict asks for each image. */
async function endOne(path: string, jobs: JobStore, queue: Queue): Promise<boolean> {
  const job = (await jobs.get(ref))!;
  const file = await jobs.file(job, path);
  return file?.state === 'pending' && finishAndAdvance(job, path, { state: 'done' }, { jobs, queue });
}

const filesOf = (count: number) => Array.from({ length: count }, (_, i) => ({ path: `${i}.tif`, bytes: 1e6 }));

describe('one job on DynamoDB with its limits, in simulated seconds,', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => void jest.useRealTimers());

  /** Simulated seconds of the work. */
  async function secondsOf(work: () => Promise<unknown>): Promise<number> {
    const start = Date.now();
    let end: number | undefined;
    const ended = work().finally(() => {
      end = Date.now();
    });
    while (end === undefined) await jest.advanceTimersByTimeAsync(5);
    await ended;
    return (end - start) / 1000;
  }

  function open(limits: Limits, shards: number | undefined) {
    const model = new DynamoModel();
    const { answering, meter } = limitedAnswering(model, limits);
    const clock = { now: () => Date.now() };
    const options = { table: 'jobs', clock, shardsFor: () => shards };
    /** Of one process each, with its own retries. */
    const store = () => dynamoJobStore({ ...options, client: answeredClient(answering) });
    const free = dynamoJobStore({
      ...options,
      client: answeredClient(async (action, input) => model.answer(action, input).output),
    });
    return { store, free, meter };
  }

  async function finishAll(limits: Limits, shards: number | undefined, count: number, workers: number) {
    const { store, free, meter } = open(limits, shards);
    const files = filesOf(count);
    await free.create(wanted);
    await free.expect(ref, files);
    await free.submit(ref);
    await free.seal(ref);
    const sent: string[] = [];
    const queue = { send: async (name: string) => void sent.push(name) } as unknown as Queue;
    const waiting = files.values();
    let first = 0;
    const seconds = await secondsOf(() =>
      Promise.all(
        Array.from({ length: workers }, async () => {
          const jobs = store();
          for (const { path } of waiting) if (await endOne(path, jobs, queue)) first++;
        }),
      ),
    );
    expect(first).toBe(count);
    expect(sent).toEqual(['zips']);
    expect(await free.get(ref)).toMatchObject({ state: 'packaging', done: count, failed: 0 });
    return { perSecond: count / seconds, ...meter };
  }

  it('ends about 1,000 files a second where they are spread over 16 partitions of a new table', async () => {
    const { perSecond, writes, reads } = await finishAll(newTable, 16, 4000, 100);
    expect(perSecond).toBeGreaterThan(900);
    expect(writes / 4000).toBeLessThan(3.5);
    expect(reads / 4000).toBeLessThan(4.5);
  });

  it('ends over 1,100 files a second where they are spread over 64, once the table was as busy before', async () => {
    const { perSecond } = await finishAll(busyTable, 64, 8000, 200);
    expect(perSecond).toBeGreaterThan(1100);
  });

  it('ends fewer than 200 a second where the files are with the job', async () => {
    const { perSecond, conflicts } = await finishAll(newTable, undefined, 600, 50);
    expect(perSecond).toBeLessThan(200);
    expect(conflicts).toBeGreaterThan(100);
  });

  it.each([
    ['a new table', newTable, 800],
    ['a table that was as busy before', busyTable, 2000],
  ] as const)('registers files on %s at a rate that takes a million in minutes', async (_, limits, least) => {
    const { store, free } = open(limits, 64);
    await free.create(wanted);
    const count = 12_000;
    const calls = Array.from({ length: count / 1000 }, (_, i) => filesOf(count).slice(1000 * i, 1000 * (i + 1)));
    const waiting = calls.values();
    const seconds = await secondsOf(() =>
      Promise.all(
        Array.from({ length: 4 }, async () => {
          const jobs = store();
          for (const files of waiting) await jobs.expect(ref, files);
        }),
      ),
    );
    expect(await free.get(ref)).toMatchObject({ expected: count, bytes: count * 1e6 });
    expect(count / seconds).toBeGreaterThan(least);
  });
});
