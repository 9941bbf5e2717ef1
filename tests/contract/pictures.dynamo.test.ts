import { dynamoAgreements, dynamoBaseResources } from '../../functions/adapters/aws/dynamo-agreements.ts';
import { dynamoPictures } from '../../functions/adapters/aws/dynamo-pictures.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { picturesContract } from './pictures.ts';

await describeWithMoto('pictures in a DynamoDB table', (moto) => {
  picturesContract('DynamoDB', async (clock) => {
    const { dynamodb: client } = clientsFor(moto().url);
    const table = await makeTable(client);
    const options = { client, table: table.name, clock };
    return {
      pictures: dynamoPictures(options),
      agreements: dynamoAgreements(options),
      bases: dynamoBaseResources(options),
      async [Symbol.asyncDispose]() {
        await table[Symbol.asyncDispose]();
        client.destroy();
      },
    };
  });
});
