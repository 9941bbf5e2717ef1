import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { dynamoIdempotencyStore } from '../../functions/adapters/aws/dynamo-idempotency-store.ts';
import { manualClock } from '../support/manual-clock.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { idempotencyStoreContract } from './idempotency-store.ts';

await describeWithMoto('answers in a DynamoDB table', (moto) => {
  const open = async () => {
    const client = clientsFor(moto().url).dynamodb;
    const table = await makeTable(client);
    const clock = manualClock();
    return {
      answers: dynamoIdempotencyStore({ client, table: table.name, clock }),
      pass: (seconds: number) => clock.advance(seconds),
      close: () => table[Symbol.asyncDispose](),
    };
  };
  idempotencyStoreContract('DynamoDB', open);

  it('keeps an answer with as many signed addresses as a call may ask for', async () => {
    const { answers, close } = await open();
    const address = (n: number) =>
      `https://bucket.s3.eu-central-1.amazonaws.com/olga/job/${n}.tif?${'X-Amz-SignedHeaders=host&'.repeat(20)}X-Amz-Signature=${randomBytes(32).toString('hex')}`;
    const body = JSON.stringify(Array.from({ length: 1000 }, (_, n) => address(n)));
    expect(body.length).toBeGreaterThan(400 * 1024); // an item's most
    await answers.claim('olga', 'k', 'r', 60);
    await answers.keep('olga', 'k', { status: 200, body }, 60);
    expect(await answers.claim('olga', 'k', 'r', 60)).toEqual({ status: 200, body });
    await close();
  });
});
