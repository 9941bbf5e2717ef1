import { HeadObjectCommand, type RestoreObjectCommandInput, S3ServiceException } from '@aws-sdk/client-s3';
import { expect, it } from '@jest/globals';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { downloadRef, jobPrefix } from '../../functions/core/object-keys.ts';
import { archivingPlans, type Plan } from '../../functions/core/plans.ts';
import { storageOf } from '../../functions/core/storage-steps.ts';
import { allObjects } from '../../functions/object-streams/all-pages.ts';
import { restrict } from '../../functions/runtime/restrict.ts';
import { messagesOf } from '../../functions/stack/queue-events.ts';
import { handler } from '../../functions/stages/cold/handler.ts';
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
    return { client, buckets, objects, tiers };
  }

  it('is archived after five minutes and comes back with another plan, byte for byte, the slow way where there is no other', async () => {
    const clock = manualClock();
    const { client, buckets, objects, tiers } = await world();
    const { dynamodb } = clientsFor(moto().url);
    await using table = await makeTable(dynamodb);
    const jobs = dynamoJobStore({ client: dynamodb, table: table.name, clock });
    const queue = memoryQueue(clock, attemptsOf(5));
    let plan: Plan = archivingPlans.free;
    const ports = { objects, jobs, queue, clock, members: { planOf: async () => plan }, archiving: true as const };
    await completeJob(ref, [{ path: 'Tag 1/Zellkörper #2 + 5%.tif', bytes: 200_000 }], ports);
    const stored = async () => {
      const found: [string, Buffer][] = [];
      for (const bucket of ['results', 'downloads'] as const)
        for await (const { key } of allObjects(objects, bucket, jobPrefix(ref)))
          found.push([key, await bytesOf(await objects.get({ bucket, key }))]);
      return found;
    };
    const deliver = async () => {
      const done: unknown[] = [];
      for (;;) {
        const [message] = await queue.receive('cold', { max: 1, visibilitySeconds: 60 });
        if (message === undefined) return done;
        done.push(await handler.handle(message.body, restrict(handler.stage, ports)));
        await queue.acknowledge('cold', [message.receipt]);
      }
    };
    const classOf = async () =>
      (await client.send(new HeadObjectCommand({ Bucket: buckets.downloads, Key: zip.key }))).StorageClass;
    const before = await stored();

    expect(await deliver()).toEqual(['due']);
    clock.advance(300);
    expect(await deliver()).toEqual([{ archived: before.find(([key]) => key === zip.key)![1].length }]);
    expect(await classOf()).toBe('GLACIER');
    await expect(objects.get(zip)).rejects.toMatchObject({ code: 'objectFrozen' });
    expect(storageOf((await jobs.get(ref))!).state).toBe('archived');

    plan = archivingPlans.premium;
    await queue.send('cold', [{ kind: 'restoreAll', owner: ref.owner }]);
    expect(await deliver()).toEqual([{ asked: 1 }, { tier: 'standard' }]);
    expect(tiers).toEqual(['Expedited', 'Standard']);
    const event = { eventName: 'ObjectRestore:Completed', s3: { object: { key: zip.key } } };
    await queue.send('cold', messagesOf('cold', JSON.stringify({ Records: [event] })));
    expect(await deliver()).toEqual([{ putBack: 2 }]);
    expect(await classOf()).toBeUndefined(); // S3 Standard
    expect(storageOf((await jobs.get(ref))!)).toEqual({ state: 'live', round: 1, since: clock.now() });
    expect(await stored()).toEqual(before);
  }, 180_000);
});
