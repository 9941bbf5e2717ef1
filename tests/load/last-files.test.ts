import { describe, expect, it, jest } from '@jest/globals';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { filePartitionOf } from '../../functions/adapters/aws/job-shards.ts';
import type { Outcome } from '../../functions/core/job.ts';
import type { JobRef } from '../../functions/core/object-keys.ts';
import { advance, finishAndAdvance, sealAndAdvance } from '../../functions/jobs/advance.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';
import type { Queue } from '../../functions/ports/queue.ts';
import { directClient } from '../support/dynamo-model/answering-client.ts';
import { explore, type Scenario, type Stage } from '../support/dynamo-model/explore.ts';
import type { Item } from '../support/dynamo-model/expressions.ts';
import { DynamoModel } from '../support/dynamo-model/model.ts';
import { manualClock } from '../support/manual-clock.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

const job = { owner: 'olga', id: 'job1', shards: 2 };
const ref: JobRef = { owner: job.owner, id: job.id };
const wanted = { ...ref, name: 'folder', settings: { model: { name: 'nuclei', sha256: 'ab' } } };
const done: Outcome = { state: 'done' };
const failed: Outcome = { state: 'failed', failure: { code: 'imageEmpty', message: 'the file is empty: 0 bytes' } };
const clock = manualClock();

/** Two paths of different shards. */
const [left, right] = (() => {
  const names = Array.from({ length: 50 }, (_, i) => `${i}.tif`);
  return [names[0]!, names.find((name) => filePartitionOf(job, name) !== filePartitionOf(job, names[0]!))!];
})() as [string, string];

const storeOf = (client: Stage['client']): JobStore =>
  dynamoJobStore({ client, table: 'jobs', clock, shardsFor: () => job.shards });
const storeOn = (model: DynamoModel): JobStore =>
  storeOf(directClient(async (action, input) => model.answer(action, input).output));

/** The table after these steps. */
async function itemsAfter(steps: (store: JobStore) => Promise<unknown>): Promise<Item[]> {
  const model = new DynamoModel();
  const store = storeOn(model);
  await store.create(wanted);
  await store.expect(
    ref,
    [left, right].map((path) => ({ path, bytes: 1 })),
  );
  await steps(store);
  return model.items.all();
}

/** A queue that keeps nothing: to send is a step in which its sender may die. */
const queueOf = ({ step }: Stage, sent: string[]) =>
  ({ send: (queue: string) => step(`send ${queue}`, () => void sent.push(queue)) }) as unknown as Queue;

/** Messages of the run at hand. */
let sent: string[] = [];
const portsOf = (stage: Stage) => ({ jobs: storeOf(stage.client), queue: queueOf(stage, sent) });

const finish = (path: string, outcome: Outcome) => (stage: Stage) =>
  finishAndAdvance(ref, path, outcome, portsOf(stage));

/** The last steps of a retry, behind its messages. */
async function endRetry(stage: Stage): Promise<void> {
  const ports = portsOf(stage);
  await ports.jobs.resume(ref, 2);
  await advance(ref, ports);
}

/** What predict does with a message that comes again, and sweep with a job whose message was lost. */
async function takeOn(model: DynamoModel, path: string): Promise<void> {
  const jobs = storeOn(model);
  const queue = { send: async (name: string) => void sent.push(name) } as unknown as Queue;
  const file = await jobs.file(ref, path);
  if (file?.state === 'pending') await finishAndAdvance(ref, path, done, { jobs, queue });
  else await advance(ref, { jobs, queue });
}

type Request = { Select?: string; UpdateExpression?: string };

/** Whatever the end of the job is decided by; counters are for people. */
const decides = (action: string, input: unknown) => {
  const { Select, UpdateExpression = '' } = input as Request;
  return action !== 'BatchGetItem' && Select === undefined && !UpdateExpression.includes('ADD');
};
/** What is written, counters too. */
const writes = (action: string) => action === 'UpdateItem';

const scenario = (some: Scenario<string>): Scenario<string> => ({
  ...some,
  actors: some.actors.map((actor, i) => (stage: Stage) => {
    if (i === 0) sent = [];
    return actor(stage);
  }),
});

const submitted = async (store: JobStore) => {
  await store.submit(ref);
  await store.seal(ref);
};

/** The job was packaged once, and its counters are those of its files. */
async function endsOnce(model: DynamoModel, isDead: boolean, outcomes: readonly unknown[]): Promise<string> {
  const atEnd = sent.filter((queue) => queue === 'zips').length;
  if (isDead) await takeOn(model, left);
  const store = storeOn(model);
  const { items } = await store.files(ref);
  const counted = (state: string) => items.filter((file) => file.state === state).length;
  expect(await store.get(ref)).toMatchObject({ state: 'packaging', done: counted('done'), failed: counted('failed') });
  expect(counted('pending')).toBe(0);
  const zips = sent.filter((queue) => queue === 'zips').length;
  expect(zips).toBeLessThanOrEqual(1);
  // Who dies between the change and its message leaves it to sweep; nobody else does.
  if (!isDead) expect(atEnd).toBe(1);
  return `${outcomes.map(String)} ${zips}`;
}

describe('the last two files of a job, in different partitions,', () => {
  it('end it once, in every order of the requests of both, and wherever one of them dies', async () => {
    const { states, ends } = await explore(
      scenario({
        items: await itemsAfter(submitted),
        actors: [finish(left, done), finish(right, failed)],
        isStep: decides,
        mayDie: true,
        end: (model, outcomes, isDead) => endsOnce(model, isDead, outcomes),
      }),
    );
    expect(states).toBeGreaterThan(500);
    expect(new Set(ends)).toEqual(new Set(['true,true 1', 'undefined,true 1', 'undefined,true 0']));
  });

  it('are counted in it, however late one that ended them counts', async () => {
    const { ends } = await explore(
      scenario({
        items: await itemsAfter(submitted),
        actors: [finish(left, done), finish(right, failed)],
        isStep: writes,
        mayDie: true,
        end: (model, outcomes, isDead) => endsOnce(model, isDead, outcomes),
      }),
    );
    expect(new Set(ends)).toEqual(new Set(['true,true 1', 'undefined,true 1', 'undefined,true 0']));
  });

  it('end it once though the message of one comes twice at the same time', async () => {
    const { ends } = await explore(
      scenario({
        items: await itemsAfter(async (store) => {
          await submitted(store);
          await store.finishFile(ref, right, done);
        }),
        actors: [finish(left, done), finish(left, failed)],
        isStep: decides,
        mayDie: true,
        end: (model, outcomes, isDead) => {
          expect(outcomes.filter((first) => first === true).length).toBeLessThanOrEqual(1);
          return endsOnce(model, isDead, outcomes);
        },
      }),
    );
    expect(new Set(ends)).toEqual(
      new Set([
        'true,false 1',
        'false,true 1',
        'undefined,true 1',
        'undefined,false 1',
        'undefined,false 0',
        'undefined,true 0',
      ]),
    );
  });

  it('end it once while its manifest is closed', async () => {
    const { ends } = await explore(
      scenario({
        items: await itemsAfter((store) => store.finishFile(ref, right, done)),
        actors: [finish(left, done), (stage) => sealAndAdvance(ref, portsOf(stage))],
        isStep: decides,
        mayDie: false,
        end: (model, outcomes, isDead) => endsOnce(model, isDead, outcomes),
      }),
    );
    expect(new Set(ends)).toEqual(new Set(['true,undefined 1']));
  });

  it('end it once while a retry puts the last of them back', async () => {
    const { ends } = await explore(
      scenario({
        items: await itemsAfter(async (store) => {
          await submitted(store);
          await store.finishFile(ref, left, failed);
          await store.finishFile(ref, right, done);
          await store.startPackaging(ref);
          await store.complete(ref, 1);
          await store.reopen(ref);
          await store.resetFailed(ref, 10);
        }),
        actors: [finish(left, done), endRetry],
        isStep: decides,
        mayDie: false,
        end: (model, outcomes, isDead) => endsOnce(model, isDead, outcomes.slice(0, 1)),
      }),
    );
    expect(new Set(ends)).toEqual(new Set(['true 1']));
  });
});
