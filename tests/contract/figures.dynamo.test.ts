import { dynamoFigures } from '../../functions/adapters/aws/dynamo-figures.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { figuresContract } from './figures.ts';

await describeWithMoto('cards in a DynamoDB table', (moto) => {
  figuresContract('DynamoDB', async () => {
    const { dynamodb: client } = clientsFor(moto().url);
    const table = await makeTable(client);
    return {
      figures: dynamoFigures({ client, table: table.name }),
      async [Symbol.asyncDispose]() {
        await table[Symbol.asyncDispose]();
        client.destroy();
      },
    };
  });
});
