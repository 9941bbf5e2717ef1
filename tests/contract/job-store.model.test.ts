import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { answeredClient } from '../support/dynamo-model/answering-client.ts';
import { DynamoModel } from '../support/dynamo-model/model.ts';
import { exactJobs } from '../support/exact-jobs.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { jobStorageContract } from './job-storage.ts';
import { jobStoreContract } from './job-store.ts';

/** The store on the model of DynamoDB that other tests measure with: it answers as DynamoDB and its simulation do. */
async function open(clock: ManualClock, shards: number | undefined) {
  const model = new DynamoModel();
  const client = answeredClient(async (action, input) => model.answer(action, input).output);
  return exactJobs(dynamoJobStore({ client, table: 'jobs', clock, shardsFor: () => shards }));
}

jobStoreContract('the model of DynamoDB', (clock) => open(clock, undefined));
jobStoreContract('the model of DynamoDB, files spread over seven partitions', (clock) => open(clock, 7));
jobStorageContract('the model of DynamoDB', (clock) => open(clock, undefined));
