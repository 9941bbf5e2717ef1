import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from '@jest/globals';
import { dynamoOneTimeStore } from '../../functions/adapters/aws/dynamo-one-time-store.ts';
import { manualClock } from '../support/manual-clock.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { oneTimeStoreContract } from './one-time-store.ts';

await describeWithMoto('what is good once in a DynamoDB table', (moto) => {
  const open = async () => {
    const client = clientsFor(moto().url).dynamodb;
    const table = await makeTable(client);
    const clock = manualClock();
    return {
      ...{ client, table: table.name, clock },
      store: dynamoOneTimeStore({ client, table: table.name, clock }),
      pass: (seconds: number) => clock.advance(seconds),
      close: () => table[Symbol.asyncDispose](),
    };
  };
  oneTimeStoreContract('DynamoDB', open);

  it('is kept below a digest, and forgotten by DynamoDB when its time is over', async () => {
    const { client, table, store, clock, close } = await open();
    await store.put('code', 'the secret', 'value', 60);
    const { Items } = await client.send(new ScanCommand({ TableName: table }));
    expect(Items).toEqual([
      expect.objectContaining({
        pk: { S: expect.stringMatching(/^once#[0-9a-f]{64}$/) },
        sk: { S: 'code' },
        expiresAt: { N: String(clock.now() / 1000 + 60) },
      }),
    ]);
    expect(JSON.stringify(Items)).not.toContain('the secret');
    await close();
  });
});
