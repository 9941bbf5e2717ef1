import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { ExportView } from '../../../functions/contract/people.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { forgetPerson, type OwnerStore } from '../../../functions/people/owner-store.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';

let api: ApiService;
beforeEach(async () => {
  api = await apiService();
});
afterEach(() => api[Symbol.asyncDispose]());

const make = async (name: string, as: string): Promise<string> =>
  (await api.call<JobView>('POST', '/v1/jobs', { as, body: { source: 'files', name } })).body.id;
const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as ProblemView).code];
const forget = (person: string, as = 'root') => api.call('POST', `/v1/lab/people/${person}/forget`, { as });

describe('GET /v1/me/export', () => {
  it('gives each person their own account and jobs', async () => {
    const id = await make('plate 1', 'olga');
    await make('plate 2', 'omar');
    const pages: ExportView[] = [];
    let query = '';
    do {
      pages.push((await api.call<ExportView>('GET', `/v1/me/export${query}`)).body);
      query = `?cursor=${pages.at(-1)!.cursor}`;
    } while (pages.at(-1)!.cursor !== undefined);
    expect(pages.map(({ store }) => store)).toEqual(['account', 'jobs', 'shares', 'shares', 'usage', 'models']);
    expect(pages[0]!.items).toEqual([
      {
        id: 'olga',
        email: 'olga@lab.example',
        state: 'active',
        admin: false,
        plan: 'large',
        createdAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
    expect(pages[1]!.items).toMatchObject([{ id, name: 'plate 1', state: 'uploading' }]);
    expect(pages[4]!.items).toEqual([{ day: '2026-01-01', jobs: 1, files: 0, bytes: 0 }]);
  });

  it.each([
    ['no cursor at all', 'x'],
    ['JSON of another kind', Buffer.from('{}').toString('base64url')],
    ['a store that is not exported', Buffer.from('["answers"]').toString('base64url')],
    ['a cursor that the store did not give', Buffer.from('["jobs","x"]').toString('base64url')],
  ])('refuses %s', async (_, cursor) => {
    expect(codeOf(await api.call('GET', `/v1/me/export?cursor=${cursor}`))).toEqual([400, 'cursorRefused']);
  });

  it('is for who is signed in', async () => {
    expect(codeOf(await api.call('GET', '/v1/me/export', { as: null }))).toEqual([401, 'tokenMissing']);
  });
});

describe('POST /v1/lab/people/{person}/forget', () => {
  it('is for administrators alone', async () => {
    expect(codeOf(await forget('olga', 'omar'))).toEqual([403, 'adminsOnly']);
  });

  it('refuses whoever has an account, and the administrator who asks', async () => {
    const id = await make('plate 1', 'olga');
    expect(codeOf(await forget('olga'))).toEqual([409, 'personPresent']);
    expect(codeOf(await forget('root'))).toEqual([409, 'personPresent']);
    expect((await api.call('GET', `/v1/jobs/${id}`)).status).toBe(200);
  });

  it('deletes what is left of a person who was removed, and nothing of others', async () => {
    const id = await make('plate 1', 'olga');
    const kept = await make('plate 2', 'omar');
    await api.call('POST', `/v1/jobs/${kept}/shares`, { as: 'omar', body: { email: 'olga@lab.example' } });
    await api.ports.objects.put({ bucket: 'inputs', key: `olga/${id}/a.tif` }, Buffer.from('abc'));
    api.accounts.delete('olga');
    expect(await forget('olga')).toMatchObject({
      status: 200,
      body: { forgotten: { account: 0, jobs: 1, objects: 0, shares: 1, usage: 0, models: 0, answers: 0 }, done: true },
    });
    expect(await api.ports.jobs.get({ owner: 'olga', id })).toBeUndefined();
    expect((await api.ports.objects.list('inputs', 'olga/')).objects).toEqual([]);
    expect((await api.call<{ items: unknown[] }>('GET', `/v1/jobs/${kept}/shares`, { as: 'omar' })).body.items).toEqual(
      [],
    );
    expect((await api.call('GET', `/v1/jobs/${kept}`, { as: 'omar' })).status).toBe(200);
  });

  it.each(['.x', '~models', '~compose', 'a%2Fb', '-'])('refuses %s, which is no id of a person', async (person) => {
    const ref = { bucket: 'inputs', key: '~models/v1/package.zip' } as const;
    await api.ports.objects.put(ref, Buffer.from('abc'));
    expect(codeOf(await forget(person))).toEqual([400, 'requestInvalid']);
    expect(await api.ports.objects.head(ref)).toMatchObject({ bytes: 3 });
  });
});

it('forgets in a store that is added to the list', async () => {
  const kept = new Set(['olga', 'omar']);
  const pictures: OwnerStore = {
    name: 'pictures',
    forget: async (person) => ({ forgotten: kept.delete(person) ? 1 : 0, done: true }),
  };
  expect(await forgetPerson([pictures], 'olga')).toEqual({ forgotten: { pictures: 1 }, done: true });
  expect([...kept]).toEqual(['omar']);
});
