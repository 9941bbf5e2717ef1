import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { LabJobs, LabView } from '../../../functions/contract/lab.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { type ApiService, apiService, badTokens } from '../../support/api-service.ts';

let api: ApiService;
beforeEach(async () => {
  api = await apiService({ budget: 5000 });
});
afterEach(() => api[Symbol.asyncDispose]());

const make = async (name: string, as: string): Promise<string> =>
  (await api.call<JobView>('POST', '/v1/jobs', { as, body: { source: 'files', name } })).body.id;
const lab = async () => (await api.call<LabView>('GET', '/v1/lab', { as: 'root' })).body;
const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as ProblemView).code];

describe.each(['/v1/lab', '/v1/lab/jobs?owner=olga'])('%s', (path) => {
  it('is for administrators alone', async () => {
    expect(codeOf(await api.call('GET', path, { as: null }))).toEqual([401, 'tokenMissing']);
    for (const [as, status] of Object.entries(badTokens))
      expect((await api.call('GET', path, { as })).status).toBe(status);
    expect(codeOf(await api.call('GET', path, { as: 'olga' }))).toEqual([403, 'adminsOnly']);
    expect((await api.call('GET', path, { as: 'root' })).status).toBe(200);
  });
});

it('shows everybody with plan and use of this month, and the disk', async () => {
  const id = await make('plate 1', 'olga');
  const files = ['a.tif', 'b.tif'].map((path) => ({ path, bytes: 700 }));
  await api.call('POST', `/v1/jobs/${id}/uploads`, { body: { files } });
  await api.call('POST', '/v1/jobs', { as: 'omar', body: { source: 'zip', name: 'z', archiveBytes: 90 } });
  await make('nameless', 'gone-1');
  const { month, people, storage } = await lab();
  expect([month, storage]).toEqual(['2026-01', { used: 0, reserved: 1400, free: expect.any(Number), budget: 5000 }]);
  expect(people.map(({ id: who, state, admin, plan, usage }) => [who, state, admin, plan, usage])).toEqual([
    ['olga', 'active', false, 'large', { jobs: 1, files: 2, bytes: 1400 }],
    ['omar', 'active', false, 'standard', { jobs: 1, files: 1, bytes: 90 }],
    ['pia', 'active', false, 'standard', { jobs: 0, files: 0, bytes: 0 }],
    ['ute', 'active', false, 'standard', { jobs: 0, files: 0, bytes: 0 }],
    ['gone-1', 'removed', false, 'standard', { jobs: 1, files: 0, bytes: 0 }],
  ]);
  expect(people[0]).toMatchObject({ email: 'olga@lab.example', createdAt: '2026-01-01T00:00:00.000Z' });
  api.clock.advance(31 * 24 * 60 * 60);
  const next = await lab();
  expect([next.month, next.people.every(({ usage }) => usage.bytes + usage.jobs === 0)]).toEqual(['2026-02', true]);
});

it('shows the names of the jobs of a person in pages, and nothing of what is in them', async () => {
  const ids = [];
  for (const name of ['one', 'two', 'three']) {
    ids.push(await make(name, 'olga'));
    api.clock.advance(1);
  }
  await api.call('POST', `/v1/jobs/${ids[0]}/uploads`, { body: { files: [{ path: 'secret.tif', bytes: 7 }] } });
  await api.call('PATCH', `/v1/jobs/${ids[0]}`, { body: { note: 'secret' } });
  const ask = async (query: string) =>
    (await api.call<LabJobs>('GET', `/v1/lab/jobs?owner=olga&${query}`, { as: 'root' })).body;
  const first = await ask('limit=2');
  expect(first.items.map(({ name }) => name)).toEqual(['three', 'two']);
  const second = await ask(`limit=2&cursor=${first.cursor}`);
  expect(second).toEqual({
    items: [{ id: ids[0], name: 'one', state: 'uploading', files: 1, bytes: 7, createdAt: '2026-01-01T00:00:00.000Z' }],
  });
  expect(codeOf(await api.call('GET', `/v1/jobs/${ids[0]}`, { as: 'root' }))).toEqual([404, 'jobMissing']);
});
