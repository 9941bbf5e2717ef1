import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import type { Outcome } from '../../functions/core/job.ts';
import { finishAndAdvance } from '../../functions/jobs/advance.ts';
import { attemptsOf } from '../support/attempts.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { memoryQueue } from '../support/memory/queue.ts';
import { clientSettings } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { type DynamoCall, type Fate, interfere } from '../support/simulated-account/interfere.ts';
import { makeTable } from '../support/simulated-account/table.ts';

const ref = { owner: 'olga', id: 'job1' };
const wanted = { ...ref, name: 'folder', settings: { model: { name: 'nuclei', sha256: 'ab' } } };
const done: Outcome = { state: 'done' };
const failed: Outcome = { state: 'failed', failure: { code: 'imageEmpty', message: 'the file is empty: 0 bytes' } };
const day = 24 * 60 * 60;
const filesOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ path: `${String(from + i).padStart(4, '0')}.tif`, bytes: from + i }));
const bytesOf = (files: { bytes: number }[]) => files.reduce((sum, { bytes }) => sum + bytes, 0);

await describeWithMoto('jobs in a DynamoDB table, beyond the contract,', (moto) => {
  let client: DynamoDBClient;
  let table: Awaited<ReturnType<typeof makeTable>>;
  let clock: ManualClock;
  beforeEach(async () => {
    client = new DynamoDBClient({ ...clientSettings(moto().url), maxAttempts: 3 });
    table = await makeTable(client);
    clock = manualClock();
  });
  afterEach(() => table[Symbol.asyncDispose]());

  const open = (options: { retentionDays?: number } = {}) =>
    dynamoJobStore({ client, table: table.name, clock, ...options });
  /** A store whose calls fare as `fateOf` says. */
  const openWith = (fateOf: (call: DynamoCall) => Fate | Promise<Fate>) => {
    const disturbed = new DynamoDBClient({ ...clientSettings(moto().url), maxAttempts: 3 });
    interfere(disturbed, fateOf);
    return dynamoJobStore({ client: disturbed, table: table.name, clock });
  };
  const items = async () => (await client.send(new ScanCommand({ TableName: table.name }))).Items!;

  it('count each of 500 files that finish at once, while every third transaction is in another’s way', async () => {
    const store = open();
    const files = filesOf(500);
    await store.create(wanted);
    await store.expect(ref, files);
    await store.submit(ref);
    await store.seal(ref);
    let transactions = 0;
    const disturbed = openWith(({ action }) =>
      action === 'TransactWriteItems' && ++transactions % 3 === 0 ? 'conflict' : 'answered',
    );
    const queue = memoryQueue(clock, attemptsOf(5, { files: 3, notices: 3 }));
    const counted = await Promise.all(
      files.map(({ path }, i) => finishAndAdvance(ref, path, i % 10 === 0 ? failed : done, { jobs: disturbed, queue })),
    );
    expect(counted.filter((first) => first)).toHaveLength(500);
    expect(transactions).toBe(500 + 249); // each of the 249 that were in the way came again
    expect(await store.get(ref)).toMatchObject({ state: 'packaging', expected: 500, done: 450, failed: 50 });
    expect(await queue.depth('zips')).toEqual({ waiting: 1, hidden: 0, dead: 0 });
  }, 180_000);

  it('count exactly the files that are registered when the process dies between them', async () => {
    const store = open();
    const files = filesOf(300);
    await store.create(wanted);
    let transactions = 0;
    const dying = openWith(({ action }) =>
      action === 'TransactWriteItems' && ++transactions === 3 ? 'death' : 'answered',
    );
    await expect(dying.expect(ref, files)).rejects.toThrow('the process died');
    const registered = (await store.files(ref)).items;
    expect(registered).toHaveLength(198);
    expect(await store.get(ref)).toMatchObject({ expected: 198, bytes: bytesOf(registered) });
    expect(await store.expect(ref, files)).toBe(102);
    expect(await store.get(ref)).toMatchObject({ expected: 300, bytes: bytesOf(files) });
  });

  it('count files once that several register at once', async () => {
    const store = open();
    await store.create(wanted);
    const added = await Promise.all([
      store.expect(ref, filesOf(200)),
      store.expect(ref, filesOf(200, 100)),
      store.expect(ref, filesOf(150, 50)),
    ]);
    expect(added.reduce((sum, n) => sum + n)).toBe(300);
    expect(await store.get(ref)).toMatchObject({ expected: 300, bytes: bytesOf(filesOf(300)) });
  });

  it('register no file of a batch that comes when the manifest is sealed', async () => {
    const store = open();
    await store.create(wanted);
    let transactions = 0;
    const late = openWith(async ({ action }): Promise<Fate> => {
      if (action === 'TransactWriteItems' && ++transactions === 2) await store.seal(ref);
      return 'answered';
    });
    expect(await late.expect(ref, filesOf(150))).toBe(99);
    expect(await store.get(ref)).toMatchObject({ expected: 99, sealed: true });
    expect((await store.files(ref)).items).toHaveLength(99);
  });

  it('leave a file that failed again while it was to be reset', async () => {
    const store = open();
    await store.create(wanted);
    await store.expect(ref, filesOf(3));
    await store.seal(ref);
    await store.submit(ref);
    for (const { path } of filesOf(3)) await store.finishFile(ref, path, failed);
    await store.startPackaging(ref);
    await store.complete(ref, 1);
    await store.reopen(ref);
    let transactions = 0;
    const racing = openWith(async ({ action }): Promise<Fate> => {
      if (action === 'TransactWriteItems' && ++transactions === 1) {
        expect(await store.resetFailed(ref, 1)).toBe(1);
        await store.finishFile(ref, '0000.tif', failed);
      }
      return 'answered';
    });
    expect(await racing.resetFailed(ref, 10)).toBe(2);
    expect(await store.get(ref)).toMatchObject({ failed: 1, retrying: true });
    expect((await store.files(ref)).items.map(({ state }) => state)).toEqual(['failed', 'pending', 'pending']);
  });

  it('let a change through that another one came before', async () => {
    const store = open();
    await store.create(wanted);
    let first = true;
    const late = openWith(async ({ action }): Promise<Fate> => {
      if (action === 'UpdateItem' && first) {
        first = false;
        await store.seal(ref);
      }
      return 'answered';
    });
    expect(await late.submit(ref)).toMatchObject({ state: 'processing', sealed: true });
  });

  it('do not package a job whose retry began meanwhile', async () => {
    const store = open();
    await store.create(wanted);
    await store.expect(ref, filesOf(1));
    await store.seal(ref);
    await store.submit(ref);
    await store.finishFile(ref, '0000.tif', failed);
    let first = true;
    const late = openWith(async ({ action }): Promise<Fate> => {
      if (action === 'UpdateItem' && first) {
        first = false;
        await store.startPackaging(ref);
        await store.complete(ref, 1);
        await store.reopen(ref);
      }
      return 'answered';
    });
    expect(await late.startPackaging(ref)).toBeUndefined();
    expect(await store.get(ref)).toMatchObject({ state: 'processing', retrying: true });
  });

  it('know a change for theirs whose answer was lost', async () => {
    const lossy = (wantedAction: string) => {
      let first = true;
      return openWith(({ action }) => {
        if (action !== wantedAction || !first) return 'answered';
        first = false;
        return 'lost';
      });
    };
    expect(await lossy('PutItem').create(wanted)).toMatchObject({ created: true });
    expect(await open().create(wanted)).toMatchObject({ created: false });
    expect(await lossy('UpdateItem').seal(ref)).toMatchObject({ sealed: true });
    expect(await lossy('UpdateItem').submit(ref)).toMatchObject({ state: 'processing' });
    expect(await lossy('UpdateItem').startPackaging(ref)).toMatchObject({ state: 'packaging' });
    expect(await open().startPackaging(ref)).toBeUndefined();
  });

  it('can be removed again where a removal was cut off', async () => {
    const store = open();
    await store.create(wanted);
    await store.expect(ref, filesOf(60));
    let batches = 0;
    const dying = openWith(({ action }) => (action === 'BatchWriteItem' && ++batches === 2 ? 'death' : 'answered'));
    await expect(dying.remove(ref)).rejects.toThrow('the process died');
    expect(await store.get(ref)).toMatchObject({ state: 'cancelled' });
    await store.remove(ref);
    expect(await store.get(ref)).toBeUndefined();
    expect((await items()).map(({ pk, sk }) => [pk!.S, sk!.S])).toEqual([['job#olga/job1', 'job']]); // that it was removed
    await store.forget(ref);
    expect(await items()).toEqual([]);
  });

  it('end some days after their work does, and with them their files, whether DynamoDB was there yet or not', async () => {
    const store = open({ retentionDays: 30 });
    await store.create(wanted);
    await store.expect(ref, filesOf(1));
    const expiry = async (sk: string) => {
      const { expiresAt } = (await items()).find((item) => item.sk!.S === sk)!;
      return expiresAt && Number(expiresAt.N) - clock.now() / 1000;
    };
    expect(await expiry('job')).toBeUndefined();
    expect(await expiry('file#0000.tif')).toBe((2 * 30 + 30) * day);
    await store.submit(ref);
    await store.fail(ref, { code: 'gaveUp', message: 'processing was given up' });
    expect(await expiry('job')).toBe(30 * day);
    clock.advance(30 * day - 1);
    expect(await store.get(ref)).toMatchObject({ state: 'failed' });
    expect(await store.file(ref, '0000.tif')).toMatchObject({ state: 'pending' });
    clock.advance(1);
    expect(await store.get(ref)).toBeUndefined();
    expect(await store.list('olga')).toEqual({ items: [] });
    expect(await store.files(ref)).toEqual({ items: [] });
    expect(await store.file(ref, '0000.tif')).toBeUndefined();
    await expect(store.reopen(ref)).rejects.toMatchObject({ code: 'jobMissing' });
    expect(await store.create(wanted)).toMatchObject({ created: true, job: { createdAt: clock.now() } });
  });

  it('are retried only while their files stay as long as they do', async () => {
    const store = open({ retentionDays: 30 });
    await store.create(wanted);
    await store.expect(ref, filesOf(1));
    const round = async (generation: number) => {
      await store.finishFile(ref, '0000.tif', failed);
      await store.startPackaging(ref);
      await store.complete(ref, generation);
    };
    await store.seal(ref);
    await store.submit(ref);
    await round(1);
    clock.advance(29 * day);
    expect(await store.reopen(ref)).toMatchObject({ generation: 2 });
    expect((await items()).find(({ sk }) => sk!.S === 'job')).not.toHaveProperty('expiresAt');
    await store.resetFailed(ref, 1);
    await store.resume(ref, 2);
    await round(2);
    clock.advance(17 * day);
    expect(await store.get(ref)).toMatchObject({ state: 'failed', generation: 2 });
    expect(await store.reopen(ref)).toBeUndefined();
  });

  it('refuse a cursor of another list', async () => {
    const store = open();
    for (const owner of ['olga', 'omar']) {
      for (const id of ['job1', 'job2']) {
        await store.create({ ...wanted, owner, id });
        await store.expect({ owner, id }, filesOf(2));
      }
    }
    const other = { owner: 'omar', id: 'job1' };
    const cursors = {
      jobs: (await store.list('olga', { limit: 1 })).cursor!,
      files: (await store.files(ref, { limit: 1 })).cursor!,
      pending: (await store.files(ref, { state: 'pending', limit: 1 })).cursor!,
      stuck: (await store.stuck(clock.now() + 1, { limit: 1 })).cursor!,
    };
    const refused = { code: 'cursorRefused' };
    for (const cursor of Object.values(cursors)) {
      await expect(store.list('omar', { cursor })).rejects.toMatchObject(refused);
      await expect(store.files(other, { cursor })).rejects.toMatchObject(refused);
      await expect(store.files(ref, { state: 'failed', cursor })).rejects.toMatchObject(refused);
      await expect(store.removed(0, { cursor })).rejects.toMatchObject(refused);
    }
    await expect(store.files(ref, { cursor: cursors.pending })).rejects.toMatchObject(refused);
    expect((await store.files(ref, { state: 'pending', cursor: cursors.pending })).items).toHaveLength(1);
  });
});
