import { dynamoModels } from '../../functions/adapters/aws/dynamo-models.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { modelsContract } from './models.ts';

await describeWithMoto('the registry of models in a DynamoDB table', (moto) => {
  modelsContract('DynamoDB', async (clock) => {
    const client = clientsFor(moto().url).dynamodb;
    const table = await makeTable(client);
    return {
      ...dynamoModels({ client, table: table.name, clock }),
      [Symbol.asyncDispose]: table[Symbol.asyncDispose],
    };
  });
});
