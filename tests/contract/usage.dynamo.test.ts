import { dynamoUsage } from '../../functions/adapters/aws/dynamo-usage.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { usageContract } from './usage.ts';

await describeWithMoto('usage in a DynamoDB table', (moto) => {
  usageContract('DynamoDB', async () => {
    const client = clientsFor(moto().url).dynamodb;
    const table = await makeTable(client);
    return { ...dynamoUsage({ client, table: table.name }), [Symbol.asyncDispose]: table[Symbol.asyncDispose] };
  });
});
