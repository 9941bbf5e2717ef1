import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { exactJobs } from '../support/exact-jobs.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { jobStoreContract } from './job-store.ts';

await describeWithMoto('jobs in a DynamoDB table', (moto) => {
  jobStoreContract('DynamoDB', async (clock) => {
    const { dynamodb } = clientsFor(moto().url);
    const table = await makeTable(dynamodb);
    return {
      ...dynamoJobStore({ client: dynamodb, table: table.name, clock }),
      async [Symbol.asyncDispose]() {
        await table[Symbol.asyncDispose]();
        dynamodb.destroy();
      },
    };
  });
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
