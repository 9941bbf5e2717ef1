import { HeadObjectCommand, type RestoreObjectCommandInput, S3ServiceException } from '@aws-sdk/client-s3';
import { expect, it } from '@jest/globals';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { downloadRef, type JobRef, jobPrefix } from '../../functions/core/object-keys.ts';
import { archivingPlans, type Plan } from '../../functions/core/plans.ts';
import { isLive, storageOf } from '../../functions/core/storage-steps.ts';
import { allObjects } from '../../functions/object-streams/all-pages.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { restrict } from '../../functions/runtime/restrict.ts';
import { messagesOf } from '../../functions/stack/queue-events.ts';
import { handler } from '../../functions/stages/cold/handler.ts';
import { atCall } from '../support/at-call.ts';
import { attemptsOf } from '../support/attempts.ts';
import { bytesOf } from '../support/bytes.ts';
import { completeJob } from '../support/completed-job.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryQueue } from '../support/memory/queue.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';
import { makeTable } from '../support/simulated-account/table.ts';

const ref = { owner: 'olga', id: 'job1' };
const zip = downloadRef({ ...ref, generation: 1 });

await describeWithMoto('a job in S3 and DynamoDB', (moto) => {
  /** S3 has no capacity for the first fast request. `tiers`: that were asked for. */
  async function world() {
    const { client, buckets, store: objects } = await s3World(moto().url);
    const tiers: (string | undefined)[] = [];
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName !== 'RestoreObjectCommand') return next(args);
          tiers.push((args.input as RestoreObjectCommandInput).RestoreRequest?.GlacierJobParameters?.Tier);
          if (tiers.length > 1) return next(args);
          const name = 'GlacierExpeditedRetrievalNotAvailable';
          throw new S3ServiceException({ name, $fault: 'server', $metadata: { httpStatusCode: 503 } });
        },
      { step: 'initialize' },
    );
    const { dynamodb } = clientsFor(moto().url);
    const table = await makeTable(dynamodb);
    const clock = manualClock();
    const jobs = dynamoJobStore({ client: dynamodb, table: table.name, clock });
    const queue = memoryQueue(clock, attemptsOf(5));
    const plan: { now: Plan } = { now: archivingPlans.free };
    const members = { planOf: async () => plan.now };
    const ports = { objects, jobs, queue, clock, members, archiving: true as const };
    /** Handles what is visible; returns what came of it. `through`: the ports as its handler sees them. */
    const deliver = async (through: (given: Ports) => Ports = (given) => given) => {
      const done: unknown[] = [];
      for (;;) {
        const [message] = await queue.receive('cold', { max: 1, visibilitySeconds: 60 });
        if (message === undefined) return done;
        done.push(await handler.handle(message.body, restrict(handler.stage, through(ports))));
        await queue.acknowledge('cold', [message.receipt]);
      }
    };
    const stored = async (job: JobRef) => {
      const found: [string, Buffer][] = [];
      for (const bucket of ['results', 'downloads'] as const)
        for await (const { key } of allObjects(objects, bucket, jobPrefix(job)))
          found.push([key, await bytesOf(await objects.get({ bucket, key }))]);
      return found;
    };
    /** S3 says that what was asked for is there. */
    const arrive = (key: string) => {
      const event = { eventName: 'ObjectRestore:Completed', s3: { object: { key } } };
      return queue.send('cold', messagesOf('cold', JSON.stringify({ Records: [event] })));
    };
    const classOf = async () =>
      (await client.send(new HeadObjectCommand({ Bucket: buckets.downloads, Key: zip.key }))).StorageClass;
    return {
      ...{ ports, tiers, plan, deliver, stored, arrive, classOf, clock },
      [Symbol.asyncDispose]: () => table[Symbol.asyncDispose](),
    };
  }

  it('is archived after five minutes and comes back with another plan, byte for byte, the slow way where there is no other', async () => {
    await using made = await world();
    const { ports, tiers, plan, deliver, stored, arrive, classOf, clock } = made;
    const { objects, jobs, queue } = ports;
    await completeJob(ref, [{ path: 'Tag 1/Zellkörper #2 + 5%.tif', bytes: 200_000 }], ports);
    const before = await stored(ref);

    expect(await deliver()).toEqual(['due']);
    clock.advance(300);
    expect(await deliver()).toEqual([{ archived: before.find(([key]) => key === zip.key)![1].length }]);
    expect(await classOf()).toBe('GLACIER');
    await expect(objects.get(zip)).rejects.toMatchObject({ code: 'objectFrozen' });
    expect(storageOf((await jobs.get(ref))!).state).toBe('archived');

    plan.now = archivingPlans.premium;
    await queue.send('cold', [{ kind: 'restoreAll', owner: ref.owner }]);
    expect(await deliver()).toEqual([{ asked: 1 }, { tier: 'standard' }]);
    expect(tiers).toEqual(['Expedited', 'Standard']);
    await arrive(zip.key);
    expect(await deliver()).toEqual([{ putBack: 2 }]);
    expect(await classOf()).toBeUndefined(); // S3 Standard
    expect(storageOf((await jobs.get(ref))!)).toEqual({ state: 'live', round: 1, since: clock.now() });
    expect(await stored(ref)).toEqual(before);
  }, 180_000);

  it('is kept or comes back whole when its owner pays in the fifth minute, whichever calls of archiving that falls between', async () => {
    await using made = await world();
    const { ports, plan, deliver, stored, arrive, clock } = made;
    const { jobs, queue } = ports;
    /** The plan changes before a call of the process that archives. Returns how many calls there are. */
    const upgradeAt = async (call: number): Promise<number> => {
      const job = { owner: `olga-${call}`, id: 'job1' };
      plan.now = archivingPlans.free;
      await completeJob(job, [{ path: 'a.tif', bytes: 500 }], ports);
      const before = await stored(job);
      await deliver(); // it becomes due
      clock.advance(300);
      const upgrade = async () => {
        plan.now = archivingPlans.premium;
        await queue.send('cold', [{ kind: 'restoreAll', owner: job.owner }]);
        await deliver();
      };
      const counter = atCall(call, upgrade);
      await deliver((given) => ({
        ...given,
        objects: { ...counter.of(given.objects), coldStorage: counter.of(given.objects.coldStorage!) },
        jobs: counter.of(given.jobs),
        members: counter.of(given.members!),
      }));
      if (counter.calls <= call) await upgrade(); // it comes after all of them
      for (let tries = 0; !isLive((await jobs.get(job))!); tries++) {
        if (tries > 3) throw new Error(`upgraded at call ${call}: ${JSON.stringify(await jobs.get(job))}`);
        clock.advance(60);
        await arrive(downloadRef({ ...job, generation: 1 }).key);
        await deliver();
      }
      expect(await stored(job)).toEqual(before);
      return counter.calls;
    };
    let call = 0;
    for (let calls = 1; call <= calls; call++) calls = Math.max(calls, await upgradeAt(call));
    expect(call).toBeGreaterThan(10);
  }, 600_000);
});
