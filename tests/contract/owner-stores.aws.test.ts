import { paginateScan } from '@aws-sdk/client-dynamodb';
import { dynamoDataSets } from '../../functions/adapters/aws/dynamo-data-sets.ts';
import { dynamoFigures } from '../../functions/adapters/aws/dynamo-figures.ts';
import { dynamoIdempotencyStore } from '../../functions/adapters/aws/dynamo-idempotency-store.ts';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { dynamoModels } from '../../functions/adapters/aws/dynamo-models.ts';
import { dynamoPictures } from '../../functions/adapters/aws/dynamo-pictures.ts';
import { dynamoShareStore } from '../../functions/adapters/aws/dynamo-share-store.ts';
import { dynamoUsage } from '../../functions/adapters/aws/dynamo-usage.ts';
import { s3SignedAccess } from '../../functions/adapters/aws/s3-signed-access.ts';
import { jobBuckets } from '../../functions/core/object-keys.ts';
import { queuedTeacher } from '../../functions/teaching/queued-teacher.ts';
import { attemptsOf } from '../support/attempts.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryQueue } from '../support/memory/queue.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { type OwnerWorld, ownerStoresContract } from './owner-stores.ts';

await describeWithMoto('what a person has in a stack', (moto) => {
  ownerStoresContract('AWS', async (): Promise<OwnerWorld> => {
    const clock = manualClock();
    const dynamodb = clientsFor(moto().url).dynamodb;
    const table = await makeTable(dynamodb);
    const s3 = await s3World(moto().url);
    const rows = { client: dynamodb, table: table.name };
    const dataSets = dynamoDataSets(rows);
    const queue = memoryQueue(clock, attemptsOf(1));
    return {
      clock,
      ports: {
        ...{ clock, objects: s3.store },
        jobs: dynamoJobStore({ ...rows, clock }),
        signed: s3SignedAccess({ client: s3.client, buckets: s3.buckets, clock }),
        usage: dynamoUsage(rows),
        answers: dynamoIdempotencyStore({ ...rows, clock }),
        models: dynamoModels({ ...rows, clock }),
        shares: dynamoShareStore({ ...rows, clock }),
        pictures: dynamoPictures({ ...rows, clock }),
        figures: dynamoFigures(rows),
        teaching: { dataSets, teacher: queuedTeacher({ dataSets, objects: s3.store, queue, clock }) },
      },
      async dump() {
        const found: unknown[] = [await s3.leftovers()];
        for await (const page of paginateScan({ client: dynamodb }, { TableName: table.name })) found.push(page.Items);
        for (const bucket of [...jobBuckets, 'figures' as const, 'pictures' as const, 'datasets' as const])
          found.push(await s3.store.list(bucket, ''));
        return JSON.stringify(found);
      },
      async close() {
        await s3.store[Symbol.asyncDispose]();
        await table[Symbol.asyncDispose]();
      },
    };
  });
});
