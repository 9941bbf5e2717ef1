import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { exactJobs } from '../support/exact-jobs.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { jobStorageContract } from './job-storage.ts';
import { jobStoreContract } from './job-store.ts';

await describeWithMoto('jobs in a DynamoDB table', (moto) => {
  const open = async (clock: ManualClock) => {
    const { dynamodb } = clientsFor(moto().url);
    const table = await makeTable(dynamodb);
    return {
      ...dynamoJobStore({ client: dynamodb, table: table.name, clock }),
      async [Symbol.asyncDispose]() {
        await table[Symbol.asyncDispose]();
        dynamodb.destroy();
      },
    };
  };
  jobStoreContract('DynamoDB', open);
  jobStorageContract('DynamoDB', open);
  jobStoreContract('DynamoDB, files spread over three partitions', async (clock) => {
    const { dynamodb } = clientsFor(moto().url);
    const table = await makeTable(dynamodb);
    return {
      ...exactJobs(dynamoJobStore({ client: dynamodb, table: table.name, clock, shardsFor: () => 3 })),
      async [Symbol.asyncDispose]() {
        await table[Symbol.asyncDispose]();
        dynamodb.destroy();
      },
    };
  });
});
