import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { dynamoShareStore } from '../../functions/adapters/aws/dynamo-share-store.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { shareStoreContract } from './share-store.ts';

await describeWithMoto('shares in a DynamoDB table', (moto) => {
  shareStoreContract('DynamoDB', async (clock) => {
    const { dynamodb: client } = clientsFor(moto().url);
    const table = await makeTable(client);
    const options = { client, table: table.name, clock };
    return {
      shares: dynamoShareStore(options),
      jobs: dynamoJobStore(options),
      async [Symbol.asyncDispose]() {
        await table[Symbol.asyncDispose]();
        client.destroy();
      },
    };
  });
});
