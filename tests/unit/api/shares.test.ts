import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobPage, JobView } from '../../../functions/contract/jobs.ts';
import { type Operation, operations } from '../../../functions/contract/operations.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { Download, Results } from '../../../functions/contract/results.ts';
import type { ShareView } from '../../../functions/contract/shares.ts';
import { downloadRef, inputRef, resultRef } from '../../../functions/core/object-keys.ts';
import { type ApiService, apiService, badTokens } from '../../support/api-service.ts';
import { operation } from '../../support/edit-maker.ts';

let api: ApiService;
let id: string;

/** A job of olga that is completed, with its image, results and zip. */
beforeEach(async () => {
  api = await apiService({ publicLinks: true, gallery: true });
  id = (await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'hers' } })).body.id;
  const ref = { owner: 'olga', id };
  const { jobs, objects } = api.ports;
  await jobs.expect(ref, [{ path: 'a.tif', bytes: 1 }]);
  await jobs.submit(ref);
  await jobs.seal(ref);
  await jobs.finishFile(ref, 'a.tif', { state: 'done' });
  await jobs.startPackaging(ref);
  await objects.put(inputRef(ref, 'a.tif'), Buffer.from('image'));
  await objects.put(resultRef(ref, 'a.tif', 'labels.tif'), Buffer.from('labels'));
  await objects.put(downloadRef({ ...ref, generation: 1 }), Buffer.from('zip'));
  await jobs.complete(ref, 1);
});
afterEach(() => api[Symbol.asyncDispose]());

const shareWith = (email: string, as = 'olga') =>
  api.call<ShareView & ProblemView>('POST', `/v1/jobs/${id}/shares`, { as, body: { email } });
const revoke = (member: string, as = 'olga') =>
  api.call<ProblemView | undefined>('DELETE', `/v1/jobs/${id}/shares/${member}`, { as });
const codeOf = ({ status, body }: { status: number; body: unknown }) => [
  status,
  (body as ProblemView | undefined)?.code,
];

const queries: Record<string, string> = {
  listParts: '?path=a.tif&uploadId=abc',
  showResults: '?path=a.tif',
  signInput: '?path=a.tif',
  listEdits: '?path=a.tif',
};
const bodies: Record<string, unknown> = {
  describeJob: { name: 'stolen' },
  addEdits: { path: 'a.tif', after: 0, operations: [operation({ do: 'delete', objects: [1] })] },
  signUploads: { files: [{ path: 'a.tif', bytes: 1 }] },
  signParts: { path: 'a.tif', uploadId: 'abc', parts: [1] },
  completeUpload: { path: 'a.tif', uploadId: 'abc', parts: [{ part: 1, etag: 'x' }] },
  createLink: { days: 1 },
  shareJob: { email: 'pia@lab.example' },
  publishFigure: { path: 'a.tif', caption: 'hers', scope: 'lab' },
};
const ofOneJob = (Object.values(operations) as Operation[]).filter(({ path }) => path.startsWith('/v1/jobs/{id}'));
const reads = ofOneJob.filter(({ shared }) => shared === true).map((each) => each.id);
const ask = (operationId: string, as: string | null) => {
  const operation = ofOneJob.find((each) => each.id === operationId)!;
  const path = operation.path.replace('{id}', id).replace('{member}', 'omar') + (queries[operationId] ?? '');
  const body = bodies[operationId];
  return api.call<ProblemView>(operation.method, path, { as, ...(body !== undefined && { body }) });
};

describe('a job that is shared', () => {
  it('is read by these operations and no other', () => {
    expect(reads).toEqual([
      ...['showJob', 'listFiles', 'showResults', 'signInput', 'signDownload'],
      ...['listEdits', 'showCorrections'],
    ]);
  });

  it.each(reads)(
    'answers %s to whom it is shared with, and to nobody else, and not after the share has ended',
    async (operation) => {
      expect(codeOf(await ask(operation, 'omar'))).toEqual([404, 'jobMissing']);
      await shareWith('omar@lab.example');
      expect((await ask(operation, 'omar')).status).toBe(200);
      expect(codeOf(await ask(operation, 'pia'))).toEqual([404, 'jobMissing']);
      expect(codeOf(await ask(operation, null))).toEqual([401, 'tokenMissing']);
      for (const [token, status] of Object.entries(badTokens))
        expect((await ask(operation, token)).status).toBe(status);
      expect((await revoke('omar')).status).toBe(204);
      expect(codeOf(await ask(operation, 'omar'))).toEqual([404, 'jobMissing']);
      expect((await ask(operation, 'olga')).status).toBe(200);
    },
  );

  it.each(ofOneJob.map((each) => each.id).filter((each) => !reads.includes(each)))(
    'does not answer %s to its member',
    async (operation) => {
      await shareWith('omar@lab.example');
      const before = await api.ports.jobs.get({ owner: 'olga', id });
      const refused = await ask(operation, 'omar');
      expect(codeOf(refused)).toEqual([403, 'jobReadOnly']);
      expect(refused.body.detail).toContain('only its owner, olga@lab.example, can do that');
      expect(await api.ports.jobs.get({ owner: 'olga', id })).toEqual(before);
      expect((await api.services.sharing!.shares.ofJob({ owner: 'olga', id })).map(({ member }) => member)).toEqual([
        'omar',
      ]);
    },
  );

  it('says whose it is, and offers no retry', async () => {
    await shareWith('omar@lab.example');
    const hers = (await api.call<JobView>('GET', `/v1/jobs/${id}`)).body;
    const seen = (await api.call<JobView>('GET', `/v1/jobs/${id}`, { as: 'omar' })).body;
    expect(hers).not.toHaveProperty('shared');
    expect(seen).toEqual({ ...hers, shared: { by: 'olga@lab.example', at: '2026-01-01T00:00:00.000Z' } });
  });

  it('gives downloads for five minutes, which an hour of the owner’s is not', async () => {
    await shareWith('omar@lab.example');
    const { request } = (await api.call<Download>('GET', `/v1/jobs/${id}/download`, { as: 'omar' })).body;
    expect(await (await fetch(request.url, { headers: request.headers })).text()).toBe('zip');
    expect(request.expiresAt).toBe('2026-01-01T00:05:00.000Z');
    const labels = (await api.call<Results>('GET', `/v1/jobs/${id}/results?path=a.tif`, { as: 'omar' })).body.files[0]!;
    expect(await (await fetch(labels.request.url)).text()).toBe('labels');
    expect(labels.request.expiresAt).toBe('2026-01-01T00:05:00.000Z');
    api.clock.advance(5 * 60 + 1);
    expect((await fetch(request.url)).status).toBe(403);
    const own = (await api.call<Download>('GET', `/v1/jobs/${id}/download`)).body;
    expect(own.request.expiresAt).toBe('2026-01-01T01:05:01.000Z');
  });

  it('ends with the account of its owner, and with the job', async () => {
    await shareWith('omar@lab.example');
    const olga = api.accounts.get('olga')!;
    api.accounts.delete('olga');
    expect(codeOf(await ask('showJob', 'omar'))).toEqual([404, 'jobMissing']);
    expect((await api.call<JobPage>('GET', '/v1/shared', { as: 'omar' })).body).toEqual({ items: [] });
    api.accounts.set('olga', olga);
    expect((await ask('showJob', 'omar')).status).toBe(200);
    expect((await api.call('DELETE', `/v1/jobs/${id}`)).status).toBe(204);
    expect(codeOf(await ask('showJob', 'omar'))).toEqual([404, 'jobMissing']);
    expect((await api.call<JobPage>('GET', '/v1/shared', { as: 'omar' })).body).toEqual({ items: [] });
    expect((await api.call('GET', '/v1/shares')).body).toEqual({ items: [] });
  });
});

describe('the lists of shares', () => {
  it('say what is shared with whom, to owner and member', async () => {
    const { body: given } = await shareWith('OMAR@lab.example'.toLowerCase());
    expect(given).toEqual({
      job: { id, name: 'hers' },
      member: { id: 'omar', email: 'omar@lab.example' },
      sharedAt: '2026-01-01T00:00:00.000Z',
    });
    api.clock.advance(1000);
    const { body: second } = await shareWith('pia@lab.example');
    expect((await shareWith('omar@lab.example')).body).toEqual(given); // again is as good as once
    expect((await api.call('GET', `/v1/jobs/${id}/shares`)).body).toEqual({ items: [given, second] });
    expect((await api.call('GET', '/v1/shares')).body).toEqual({ items: [second, given] });
    expect((await api.call('GET', '/v1/shares', { as: 'omar' })).body).toEqual({ items: [] });
    const seen = (await api.call<JobPage>('GET', '/v1/shared', { as: 'omar' })).body.items;
    expect(seen.map((job) => [job.id, job.shared?.by])).toEqual([[id, 'olga@lab.example']]);
    expect((await api.call<JobPage>('GET', '/v1/jobs', { as: 'omar' })).body).toEqual({ items: [] });
    expect((await api.call<JobPage>('GET', '/v1/shared')).body).toEqual({ items: [] });
  });

  it.each(['/v1/shares', '/v1/shared'])('%s is closed without a token', async (path) => {
    expect(codeOf(await api.call('GET', path, { as: null }))).toEqual([401, 'tokenMissing']);
  });
});

describe('sharing is refused', () => {
  it.each([
    ['with an address of nobody', 'nobody@lab.example', [404, 'personMissing']],
    ['with its owner', 'olga@lab.example', [422, 'shareRefused']],
    ['with what is no address', 'omar', [400, 'requestInvalid']],
  ])('%s', async (_, email, code) => {
    expect(codeOf(await shareWith(email))).toEqual(code);
    expect((await api.call('GET', '/v1/shares')).body).toEqual({ items: [] });
  });

  it('of another’s job, by whom it is shared with or not', async () => {
    expect(codeOf(await shareWith('pia@lab.example', 'omar'))).toEqual([404, 'jobMissing']);
    await shareWith('omar@lab.example');
    expect(codeOf(await shareWith('pia@lab.example', 'omar'))).toEqual([403, 'jobReadOnly']);
    expect(codeOf(await revoke('omar', 'pia'))).toEqual([404, 'jobMissing']);
    expect(codeOf(await revoke('omar', 'omar'))).toEqual([403, 'jobReadOnly']);
  });

  it('with the 101st person', async () => {
    for (let i = 0; i < 101; i++) api.accounts.set(`m${i}`, { id: `m${i}`, email: `m${i}@lab.example` });
    for (let i = 0; i < 100; i++)
      await api.services.sharing!.shares.add({
        job: { owner: 'olga', id },
        member: `m${i}`,
        memberEmail: `m${i}@lab.example`,
        ownerEmail: 'olga@lab.example',
        sharedAt: i,
      });
    expect(codeOf(await shareWith('m100@lab.example'))).toEqual([422, 'shareRefused']);
    expect((await shareWith('m99@lab.example')).status).toBe(201);
  });
});
