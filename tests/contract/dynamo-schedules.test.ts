import { isDeepStrictEqual } from 'node:util';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { Failure } from '../../functions/core/errors.ts';
import type { Job, Outcome } from '../../functions/core/job.ts';
import type { JobRef } from '../../functions/core/object-keys.ts';
import { isReady } from '../../functions/core/transitions.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryJobStore } from '../support/memory/job-store.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';

const schedules = 60;
const seed = 20_260_101;

const settings = { model: { name: 'nuclei', sha256: 'ab' } };
const failure = { code: 'imageEmpty', message: 'the file is empty: 0 bytes' };
const done: Outcome = { state: 'done' };
const failed: Outcome = { state: 'failed', failure };
const refused: Outcome = { state: 'failed', failure: { code: 'imageLeftOut', message: 'no TIFF' } };
const paths = ['a.tif', 'b.tif', 'c.tif'];

interface Step {
  name: string;
  run: (store: JobStore, ref: JobRef) => Promise<unknown>;
}
const step = (name: string, run: Step['run']): Step => ({ name, run });

const expectFiles = (some: string[]) =>
  step(`expect ${some}`, (store, ref) =>
    store.expect(
      ref,
      some.map((path, i) => ({ path, bytes: 10 + i })),
    ),
  );
/** Its job is read after it was counted, so it may show what others did since. */
const finish = (path: string, outcome: Outcome) =>
  step(
    `finish ${path} ${outcome.state}`,
    async (store, ref) => (await store.finishFile(ref, path, outcome)) !== undefined,
  );
const changes = {
  submit: step('submit', (store, ref) => store.submit(ref)),
  seal: step('seal', (store, ref) => store.seal(ref)),
  startPackaging: step('startPackaging', (store, ref) => store.startPackaging(ref)),
  cancel: step('cancel', (store, ref) => store.cancel(ref)),
  expire: step('expire', (store, ref) => store.expire(ref)),
  reopen: step('reopen', (store, ref) => store.reopen(ref)),
};
const complete = (generation: number) =>
  step(`complete ${generation}`, (store, ref) => store.complete(ref, generation));
const fail = (generation: number) => step(`fail ${generation}`, (store, ref) => store.fail(ref, failure, generation));
const reset = (limit: number) => step(`reset ${limit}`, (store, ref) => store.resetFailed(ref, limit));
const resume = (generation: number) => step(`resume ${generation}`, (store, ref) => store.resume(ref, generation));
const touch = (before: number) => step(`touch ${before}`, (store, ref) => store.touch(ref, before));

/** What takes a job on, by its state. */
function nextSteps(job: Job): Step[] {
  const files = paths.flatMap((path) => [finish(path, failed), finish(path, done), finish(path, refused)]);
  if (job.retrying) return [reset(1), reset(2), reset(9), resume(job.generation), ...files.slice(0, 3)];
  if (job.state === 'packaging') return [complete(job.generation), complete(job.generation), fail(job.generation)];
  if (isReady(job)) return [changes.startPackaging];
  if (job.state === 'completed' || job.state === 'failed') return [changes.reopen];
  if (job.state === 'processing' && job.sealed) return files;
  return [expectFiles(paths), expectFiles(['b.tif', 'c.tif']), changes.submit, changes.seal, ...files.slice(0, 4)];
}
const anySteps = (job: Job, now: number): Step[] => [
  ...Object.values(changes),
  ...paths.map((path) => finish(path, done)),
  ...[job.generation, job.generation - 1].flatMap((generation) => [
    complete(generation),
    fail(generation),
    resume(generation),
  ]),
  reset(1),
  reset(2),
  expectFiles(['a.tif', 'd.tif']),
  touch(now),
  touch(now),
];

const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if (error instanceof Failure) return error.code;
    throw error;
  });

const recordsOf = async (store: JobStore, ref: JobRef) => {
  const [job, files] = await Promise.all([store.get(ref), store.files(ref)]);
  return { job, files: files.items };
};
/** Everything that can be read of an owner with one job. */
async function listsOf(store: JobStore, ref: JobRef, now: number) {
  const [pending, bad, list, running, stuck] = await Promise.all([
    store.files(ref, { state: 'pending' }),
    store.files(ref, { state: 'failed' }),
    store.list(ref.owner),
    store.running(ref.owner),
    store.stuck(now),
  ]);
  return { pending, bad, list, running, stuck: stuck.items.filter(({ owner }) => owner === ref.owner) };
}

function* ordersOf<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries()) {
    for (const rest of ordersOf(items.filter((_, j) => j !== i))) yield [item, ...rest];
  }
}

await describeWithMoto('callers of the DynamoDB table at the same time', (moto) => {
  it(`see and do what they would one after the other, over ${schedules} schedules`, async () => {
    const client = clientsFor(moto().url).dynamodb;
    await using table = await makeTable(client);
    const reached = new Set<string>();
    let schedule = 0;

    const property = fc.asyncProperty(
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 4, max: 12 }),
      async (dice, rounds) => {
        const pick = <T>(items: readonly T[]): T => items[dice.next().value! % items.length]!;
        const ref = { owner: `olga${++schedule}`, id: 'job1' };
        const clock = manualClock();
        const store = dynamoJobStore({ client, table: table.name, clock });
        /** What was done, in an order that explains what was seen. */
        const past: { step: Step; at: number }[] = [];
        const twinOf = async (steps: readonly { step: Step; at: number }[]) => {
          const then = manualClock();
          const twin = memoryJobStore(then);
          await twin.create({ ...ref, name: 'folder', settings });
          const outcomes: unknown[] = [];
          for (const { step, at } of steps) {
            then.advance((at - then.now()) / 1000);
            outcomes.push(await outcomeOf(step.run(twin, ref)));
          }
          return { twin, outcomes };
        };

        await store.create({ ...ref, name: 'folder', settings });
        for (let round = 0; round < rounds; round++) {
          clock.advance(pick([0, 1, 60]));
          const at = clock.now();
          const job = (await store.get(ref))!;
          reached.add(job.retrying ? 'retrying' : job.state);
          const main = pick(nextSteps(job));
          const steps = [main, pick([main, pick(nextSteps(job))]), ...(pick([0, 1]) ? [pick(anySteps(job, at))] : [])];
          const outcomes = await Promise.all(steps.map((one) => outcomeOf(one.run(store, ref))));
          const seen = { outcomes, ...(await recordsOf(store, ref)) };
          let explained = false;
          for (const order of ordersOf(steps.map((_, i) => i))) {
            const then = order.map((i) => ({ step: steps[i]!, at }));
            const { twin, outcomes: all } = await twinOf([...past, ...then]);
            const latest = all.slice(past.length);
            const bySteps = steps.map((_, i) => latest[order.indexOf(i)]);
            const would = { outcomes: bySteps, ...(await recordsOf(twin, ref)) };
            if (!isDeepStrictEqual(would, seen)) continue;
            past.push(...then);
            explained = true;
            break;
          }
          if (!explained) {
            const names = past.map(({ step }) => step.name).join(', ');
            throw new Error(
              `no order of [${steps.map(({ name }) => name)}] after [${names}] gives ${JSON.stringify(seen)}`,
            );
          }
        }
        const { twin } = await twinOf(past);
        const now = clock.now() + 1;
        expect(await listsOf(store, ref, now)).toEqual(await listsOf(twin, ref, now));
      },
    );
    await fc.assert(property, { numRuns: schedules, seed, endOnFailure: true });
    // The schedules come everywhere, or they would show nothing.
    const states = ['uploading', 'processing', 'packaging', 'retrying', 'completed', 'failed', 'cancelled', 'expired'];
    expect(states.filter((state) => !reached.has(state))).toEqual([]);
  }, 400_000);
});
