import { describe, expect, it } from '@jest/globals';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { directClient } from '../support/dynamo-model/answering-client.ts';
import type { Item } from '../support/dynamo-model/expressions.ts';
import { DynamoModel } from '../support/dynamo-model/model.ts';
import { manualClock } from '../support/manual-clock.ts';

const ref = { owner: 'olga', id: 'job-of-june' };
const pk = { S: 'job#olga/job-of-june' };

/** What versions before the one that spreads files wrote of a job with a file done, one failed and one that waits. */
const rows: Item[] = [
  {
    pk,
    sk: { S: 'job' },
    ...{ owner: { S: 'olga' }, id: { S: 'job-of-june' }, name: { S: 'folder' } },
    settings: { S: '{"model":{"name":"nuclei","sha256":"ab"}}' },
    ...{ state: { S: 'processing' }, sealed: { BOOL: true }, retrying: { BOOL: false }, generation: { N: '1' } },
    ...{ expected: { N: '3' }, bytes: { N: '30' }, done: { N: '1' }, failed: { N: '1' }, leftOut: { N: '0' } },
    ...{ createdAt: { N: '1000' }, changedAt: { N: '2000' }, version: { S: 'v7' } },
    ...{ openKey: { S: 'open#0' }, openSort: { S: 'olga/job-of-june' } },
    ...{ ownerKey: { S: 'olga' }, ownerSort: { S: '000000000001000#job-of-june' } },
  },
  { pk, sk: { S: 'file#a.tif' }, state: { S: 'done' }, bytes: { N: '10' }, generation: { N: '1' } },
  {
    ...{ pk, sk: { S: 'file#b.tif' }, state: { S: 'failed' }, bytes: { N: '10' }, generation: { N: '1' } },
    failure: { S: '{"code":"imageEmpty","message":"empty"}' },
    undoneSort: { S: 'failed#b.tif' },
  },
  { pk, sk: { S: 'file#c.tif' }, state: { S: 'pending' }, bytes: { N: '10' }, undoneSort: { S: 'pending#c.tif' } },
];

describe('a job that an earlier version made', () => {
  it('ends, is retried and is removed as it would have been', async () => {
    const model = new DynamoModel();
    for (const row of rows) model.items.set(row.pk!.S!, row.sk!.S!, row);
    const client = directClient(async (action, input) => model.answer(action, input).output);
    const store = dynamoJobStore({ client, table: 'jobs', clock: manualClock() });
    expect(await store.get(ref)).toMatchObject({ expected: 3, done: 1, failed: 1 });
    expect(await store.get(ref)).not.toHaveProperty('approximate');
    expect(await store.startPackaging(ref)).toBeUndefined();
    expect(await store.finishFile(ref, 'c.tif', { state: 'done' })).toMatchObject({ done: 2, failed: 1 });
    expect(await store.startPackaging(ref)).toMatchObject({ state: 'packaging' });
    expect(await store.complete(ref, 1)).toMatchObject({ state: 'completed' });
    expect(await store.reopen(ref)).toMatchObject({ generation: 2, done: 2, failed: 1 });
    expect(await store.resetFailed(ref, 10)).toBe(1);
    await store.resume(ref, 2);
    await store.finishFile(ref, 'b.tif', { state: 'done' });
    await store.startPackaging(ref);
    expect(await store.complete(ref, 2)).toMatchObject({ state: 'completed', done: 3, failed: 0 });
    expect((await store.files(ref)).items.map(({ path, state }) => `${path} ${state}`)).toEqual([
      'a.tif done',
      'b.tif done',
      'c.tif done',
    ]);
    await store.remove(ref);
    expect(model.items.all().map(({ sk }) => sk)).toEqual([{ S: 'job' }]); // that it was removed
  });
});
