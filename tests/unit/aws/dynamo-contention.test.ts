import {
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { expect, it } from '@jest/globals';
import { throughContention } from '../../../functions/adapters/aws/dynamo-contention.ts';

const about = { message: 'slow down', $metadata: {} };
const reasons = (Code: string) => new TransactionCanceledException({ ...about, CancellationReasons: [{ Code }] });

it.each([
  ['throttling of the table', new ThrottlingException(about)],
  ['throttling of a partition', new ProvisionedThroughputExceededException(about)],
  ['throttling of the account', new RequestLimitExceeded(about)],
  ['throttling within a transaction', reasons('ThrottlingError')],
  ['another transaction', reasons('TransactionConflict')],
])('%s passes: the work is done again', async (_, error) => {
  let calls = 0;
  const work = async () => {
    if (++calls === 1) throw error;
    return 'done';
  };
  expect([await throughContention(work), calls]).toEqual(['done', 2]);
});

it.each([
  ['a condition that does not hold', reasons('ConditionalCheckFailed')],
  ['a bug', new TypeError('x')],
])('%s is thrown at once', async (_, error) => {
  let calls = 0;
  const work = async () => {
    calls++;
    throw error;
  };
  await expect(throughContention(work)).rejects.toBe(error);
  expect(calls).toBe(1);
});
