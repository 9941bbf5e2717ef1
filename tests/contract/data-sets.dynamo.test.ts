import { dynamoDataSets } from '../../functions/adapters/aws/dynamo-data-sets.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { dataSetsContract } from './data-sets.ts';

await describeWithMoto('data sets in a DynamoDB table', (moto) => {
  dataSetsContract('DynamoDB', async () => {
    const { dynamodb: client } = clientsFor(moto().url);
    const table = await makeTable(client);
    return {
      ...dynamoDataSets({ client, table: table.name }),
      async [Symbol.asyncDispose]() {
        await table[Symbol.asyncDispose]();
        client.destroy();
      },
    };
  });
});
