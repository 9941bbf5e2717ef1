import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { archivedOfLab } from '../../../client/archived.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { LabArchive, LabJobs, LabView } from '../../../functions/contract/lab.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { StorageStep } from '../../../functions/core/storage-steps.ts';
import { dayMs } from '../../../functions/core/time.ts';
import { archivePrices } from '../../../functions/stack/archive-prices.ts';
import { type ApiService, apiService, badTokens } from '../../support/api-service.ts';
import { archiveJob } from '../../support/archive-job.ts';

let api: ApiService;
beforeEach(async () => {
  api = await apiService({ budget: 5000 });
});
afterEach(() => api[Symbol.asyncDispose]());

const make = async (name: string, as: string): Promise<string> =>
  (await api.call<JobView>('POST', '/v1/jobs', { as, body: { source: 'files', name } })).body.id;
const lab = async () => (await api.call<LabView>('GET', '/v1/lab', { as: 'root' })).body;
const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as ProblemView).code];

describe.each(['/v1/lab', '/v1/lab/jobs?owner=olga', '/v1/lab/archive'])('%s', (path) => {
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

/** A job of that owner, taken to the archive, or as far as the steps say. */
async function archive(owner: string, bytes: number, ...more: StorageStep[]): Promise<string> {
  const id = await make(`plate of ${owner}`, owner);
  await archiveJob({ owner, id }, api.ports.jobs, { bytes, days: 1, more });
  return id;
}
const archiveOf = () =>
  archivedOfLab(async (cursor) => {
    const query = cursor === undefined ? '' : `&cursor=${cursor}`;
    return (await api.call<LabArchive>('GET', `/v1/lab/archive?limit=2${query}`, { as: 'root' })).body;
  });

it('shows what is archived of everybody, with what it costs and what bringing it back would', async () => {
  expect(await archiveOf()).toBeUndefined();
  await make('plate 0', 'olga');
  const [restoring, restored] = [
    { to: 'restoring', round: 1, tier: 'expedited' },
    { to: 'restored', round: 1 },
  ] as const;
  await archive('olga', 1e9);
  await archive('olga', 1e8, restoring);
  await archive('olga', 1e8, restoring, restored);
  const id = await archive('omar', 2e8);
  const { body } = await api.call<LabArchive>('GET', '/v1/lab/archive', { as: 'root' });
  const since = new Date(api.clock.now()).toISOString();
  const keptUntil = new Date(api.clock.now() + dayMs).toISOString();
  expect(body.items.find((item) => item.id === id)).toEqual({
    ...{ owner: 'omar', id, name: 'plate of omar', state: 'archived', since, bytes: 2e8, keptUntil },
  });
  expect(await archiveOf()).toEqual({
    ...{ jobs: 3, bytes: 1.3e9 },
    people: [
      { id: 'olga', jobs: 2, bytes: 1.1e9 },
      { id: 'omar', jobs: 1, bytes: 2e8 },
    ],
  });
});

it('shows the list prices of the archive where it has some, and costs by them', async () => {
  await api[Symbol.asyncDispose]();
  api = await apiService({ archivePrices });
  await archive('olga', 1e9); // too large to come fast
  await archive('olga', 1e8);
  await archive('omar', 2e8);
  const { cost, people, prices } = (await archiveOf())!;
  expect(prices).toEqual(archivePrices);
  expect(cost!.month).toBeCloseTo(1.3 * 0.0036, 12);
  expect(cost!.liveMonth).toBeCloseTo(1.3 * 0.023, 12);
  expect(cost!.restore).toBeCloseTo(0.00005 + 0.01 + (0.01 + 0.03 * 0.1) + (0.01 + 0.03 * 0.2), 12);
  expect(cost!.slowRestore).toBeCloseTo(3 * 0.00005 + 0.01 * 1.3, 12);
  expect(people.map(({ id, cost: own }) => [id, own!.restore.toFixed(5)])).toEqual([
    ['olga', '0.02305'],
    ['omar', '0.01600'],
  ]);
});
