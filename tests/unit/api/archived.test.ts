import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { Me } from '../../../functions/contract/service.ts';
import { downloadRef } from '../../../functions/core/object-keys.ts';
import type { StorageStep } from '../../../functions/core/storage-steps.ts';
import { type ApiService, type ApiServiceOptions, apiService } from '../../support/api-service.ts';

let api: ApiService;
let ref: { owner: string; id: string };
beforeEach(() => open({ archiving: true, plan: { archiveAfterSeconds: 300, restoreTier: 'expedited' } }));
afterEach(() => api[Symbol.asyncDispose]());

/** A service with a job that completed, of which one file failed. */
async function open(options: ApiServiceOptions): Promise<void> {
  api = await apiService(options);
  const { body } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'plate' } });
  ref = { owner: 'olga', id: body.id };
  const { jobs, objects } = api.ports;
  await jobs.expect(ref, [
    { path: 'a.tif', bytes: 1 },
    { path: 'b.tif', bytes: 1 },
  ]);
  await jobs.submit(ref);
  await jobs.seal(ref);
  await jobs.finishFile(ref, 'a.tif', { state: 'done' });
  await jobs.finishFile(ref, 'b.tif', { state: 'failed', failure: { code: 'imageEmpty', message: 'empty' } });
  await jobs.startPackaging(ref);
  await objects.put(downloadRef({ ...ref, generation: 1 }), Buffer.from('zip'));
  await jobs.complete(ref, 1);
}
async function reopen(options: ApiServiceOptions): Promise<void> {
  await api[Symbol.asyncDispose]();
  await open(options);
}
async function take(...steps: StorageStep[]): Promise<void> {
  for (const step of steps) expect(await api.ports.jobs.moveStorage(ref, step)).toBeDefined();
}
const archived: StorageStep[] = [
  { to: 'archiving', generation: 1, round: 0 },
  { to: 'archived', round: 1, bytes: 70 },
];
const restoring: StorageStep = { to: 'restoring', round: 1, tier: 'expedited' };
const at = (seconds: number) => new Date(api.clock.now() + seconds * 1000).toISOString();
const ask = (path: string, method = 'POST') => api.call(method, `/v1/jobs/${ref.id}/${path}`);
const messages = async () =>
  (await api.ports.queue.receive('cold', { max: 10, visibilitySeconds: 60 })).map(({ body }) => body);

describe('a job of a plan that archives', () => {
  it('says until when its results can be downloaded', async () => {
    expect((await api.call('GET', `/v1/jobs/${ref.id}`)).body).not.toHaveProperty('storage');
    await take({ to: 'due', generation: 1, round: 0, dueAt: api.clock.now() + 300_000 });
    const { body } = await api.call<JobView>('GET', `/v1/jobs/${ref.id}`);
    expect(body.storage).toEqual({ state: 'live', since: new Date(0).toISOString(), downloadUntil: at(300) });
    expect((await ask('download', 'GET')).status).toBe(200);
  });

  it('is downloaded, and not retried, while the archive could not take it yet', async () => {
    await take(archived[0]!);
    expect((await ask('download', 'GET')).status).toBe(200);
    expect((await ask('retry')).body.code).toBe('resultArchived');
    await api.ports.objects.remove(downloadRef({ ...ref, generation: 1 }));
    expect((await ask('download', 'GET')).body.code).toBe('resultArchived');
  });

  it('is not downloaded, linked or retried while it is archived, and the answer says what to do', async () => {
    await take(...archived);
    for (const { status, body } of [await ask('download', 'GET'), await ask('retry'), await ask('corrections')]) {
      expect([status, body.code]).toEqual([409, 'resultArchived']);
      expect(body.detail).toBe(
        `they went to the archive at ${at(0)}; a button on its page brings them back, as labdeploy jobs restore and another plan do`,
      );
    }
    expect((await api.call<JobView>('GET', `/v1/jobs/${ref.id}`)).body).toMatchObject({
      storage: { state: 'archived', bytes: 70 },
      retryable: false,
    });
    await take(restoring);
    expect((await ask('download', 'GET')).body).toMatchObject({
      code: 'resultArchived',
      detail: `they are on their way back; ask again at about ${at(300)}`,
    });
  });

  it('comes back when its owner asks, as often as they do, and nothing happens to one that is here', async () => {
    expect((await ask('restore')).status).toBe(200);
    expect(await messages()).toEqual([]);
    await take(...archived);
    for (let n = 0; n < 2; n++) expect((await ask('restore')).body).toMatchObject({ storage: { state: 'archived' } });
    const message = { ...ref, kind: 'restore', asked: true };
    expect(await messages()).toEqual([message, message]);
  });

  it('says when it is deleted, and afterwards that it was, for a download and a restore too', async () => {
    const [archiving] = archived;
    await take(archiving!, { to: 'archived', round: 1, bytes: 70, days: 1 });
    const storage = async () => (await api.call<JobView>('GET', `/v1/jobs/${ref.id}`)).body.storage;
    expect(await storage()).toEqual({ state: 'archived', since: at(0), bytes: 70, keptUntil: at(24 * 3600) });
    api.clock.advance(24 * 3600);
    await take({ to: 'deleted', round: 1 });
    expect(await storage()).toEqual({ state: 'deleted', since: at(0), bytes: 70 });
    for (const { status, body } of [await ask('download', 'GET'), await ask('restore'), await ask('retry')]) {
      expect([status, body.code]).toEqual([410, 'resultDeleted']);
      expect(body.detail).toContain(`were deleted at ${at(0)}; previews and tables are here`);
    }
    expect(await messages()).toEqual([]);
  });

  it('is not asked for by others, on a plan without it, or where the archive is off', async () => {
    await take(...archived);
    expect((await api.call('POST', `/v1/jobs/${ref.id}/restore`, { as: 'pia' })).status).toBe(404);
    await reopen({ archiving: true, plan: { archiveAfterSeconds: 300 } });
    await take(...archived);
    expect((await ask('restore')).body).toMatchObject({ status: 403, code: 'planArchives' });
    expect(await messages()).toEqual([]);
    await reopen({});
    await take(...archived);
    expect((await ask('restore')).body).toMatchObject({ status: 409, code: 'archiveOff' });
  });
});

it('tells people what their plan archives, and nothing where it does not', async () => {
  const me = async () => (await api.call<Me>('GET', '/v1/me')).body;
  expect((await me()).archive).toEqual({ afterSeconds: 300, restores: true });
  expect(Object.keys((await me()).limits)).not.toContain('archiveAfterSeconds');
  await reopen({ archiving: true, plan: { archiveAfterSeconds: 300, archiveDays: 365 } });
  expect((await me()).archive).toEqual({ afterSeconds: 300, restores: false, days: 365 });
  await reopen({});
  expect(await me()).not.toHaveProperty('archive');
});
