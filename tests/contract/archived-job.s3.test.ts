import { HeadObjectCommand, type RestoreObjectCommandInput, S3ServiceException } from '@aws-sdk/client-s3';
import { expect, it } from '@jest/globals';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { downloadRef } from '../../functions/core/object-keys.ts';
import { archivingPlans } from '../../functions/core/plans.ts';
import { storageOf } from '../../functions/core/storage-steps.ts';
import { messagesOf } from '../../functions/stack/queue-events.ts';
import { completeJob } from '../support/completed-job.ts';
import { manualClock } from '../support/manual-clock.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { archivedJobContract, archivingWorld } from './archived-job.ts';

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
    const { ports, ...rest } = archivingWorld({ objects, jobs }, clock);
    /** S3 says that what was asked for is there. */
    const arrive = (key: string) => {
      const event = { eventName: 'ObjectRestore:Completed', s3: { object: { key } } };
      return ports.queue.send('cold', messagesOf('cold', JSON.stringify({ Records: [event] })));
    };
    const classOf = async () =>
      (await client.send(new HeadObjectCommand({ Bucket: buckets.downloads, Key: zip.key }))).StorageClass;
    return {
      ...rest,
      ...{ ports, tiers, arrive, classOf },
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

  archivedJobContract(world);
});
