import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { listJobs } from '../../../cli/actions/jobs.ts';
import { listPlanRequests, showLab } from '../../../cli/actions/lab.ts';
import { listShares, shareJob, unshareJob } from '../../../cli/actions/shares.ts';
import type { CommandContext } from '../../../cli/context.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';

/** Tokens are names; the command line takes those of three parts for access tokens. */
const ada = 'ada.of.lab';
const bob = 'bob.of.lab';
const job = { owner: ada, id: 'job-0001' };

let api: ApiService;
beforeEach(async () => {
  api = await apiService();
  for (const id of [ada, bob]) api.accounts.set(id, { id, email: `${id.slice(0, 3)}@lab.example` });
  api.accounts.set('bob@example.org', api.accounts.get(bob)!);
  await api.ports.jobs.create({
    ...job,
    name: 'mice',
    settings: { model: { name: 'nuclei', sha256: 'a'.repeat(64) } },
  });
});
afterEach(() => api[Symbol.asyncDispose]());

/** What the commands of one person say. */
function context(token: string) {
  const said: { name: string; payload: unknown }[] = [];
  const io = { emit: (name: string, payload: unknown) => said.push({ name, payload }) };
  const given = { io, signal: new AbortController().signal, env: { LABDEPLOY_TOKEN: token } };
  return { said, context: given as unknown as CommandContext };
}
const seenBy = async (token: string) => {
  const { said, context: given } = context(token);
  await listJobs({ url: api.url, shared: true }, given);
  return (said[0]!.payload as { jobs: { id: string }[] }).jobs.map(({ id }) => id);
};

it('share a job with an address, list shares, and end them', async () => {
  const { said, context: given } = context(ada);
  await shareJob(job.id, 'bob@example.org', { url: api.url }, given);
  const share = {
    job: { id: job.id, name: 'mice' },
    member: { id: bob, email: 'bob@lab.example' },
    sharedAt: '2026-01-01T00:00:00.000Z',
  };
  await listShares({ url: api.url }, given);
  expect(said).toEqual([
    { name: 'jobs.shared', payload: { share } },
    { name: 'jobs.shares', payload: { shares: [share] } },
  ]);
  expect(await seenBy(bob)).toEqual([job.id]);
  expect(await seenBy(ada)).toEqual([]);
  await unshareJob(job.id, ' BOB@lab.example', { url: api.url }, given);
  expect(said.at(-1)).toEqual({ name: 'jobs.unshared', payload: { job: job.id, email: 'bob@lab.example' } });
  expect(await seenBy(bob)).toEqual([]);
  await expect(unshareJob(job.id, 'bob@lab.example', { url: api.url }, given)).rejects.toMatchObject({
    code: 'shareUnknown',
  });
});

it('show administrators what everybody used', async () => {
  const { said, context: given } = context(ada);
  await expect(showLab({ url: api.url }, given)).rejects.toMatchObject({ status: 403 });
  const admin = context('root.of.lab');
  await showLab({ url: api.url }, admin.context);
  expect(said).toEqual([]);
  expect(admin.said).toMatchObject([{ name: 'users.usage', payload: { lab: { month: '2026-01' } } }]);
});

it('show administrators who asks for another plan', async () => {
  await api[Symbol.asyncDispose]();
  api = await apiService({ archiving: true, upgrades: 'ask' });
  const admin = context('root.of.lab');
  await listPlanRequests({ url: api.url }, admin.context);
  await api.call('POST', '/v1/me/plan', { as: 'pia', body: { plan: 'premium' } });
  await listPlanRequests({ url: api.url }, admin.context);
  const askedAt = '2026-01-01T00:00:00.000Z';
  expect(admin.said).toEqual([
    { name: 'users.requests', payload: { service: api.url, requests: [] } },
    {
      name: 'users.requests',
      payload: {
        service: api.url,
        requests: [{ person: 'pia', email: 'pia@lab.example', has: 'standard', plan: 'premium', askedAt }],
      },
    },
  ]);
  await expect(listPlanRequests({ url: api.url }, context(ada).context)).rejects.toMatchObject({ status: 403 });
});
