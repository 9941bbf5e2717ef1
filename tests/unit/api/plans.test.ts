import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MyPlan, PlanRequestList } from '../../../functions/contract/plans.ts';
import type { PublicConfig } from '../../../functions/contract/service.ts';
import type { Upgrades } from '../../../functions/core/features.ts';
import { type ApiService, apiService, type Call } from '../../support/api-service.ts';
import { archiveJob } from '../../support/archive-job.ts';

let api: ApiService;
afterEach(() => api[Symbol.asyncDispose]());

const open = async (upgrades?: Upgrades) => {
  api = await apiService({ archiving: true, ...(upgrades !== undefined && { upgrades }) });
};
const myPlan = async (as = 'pia') => (await api.call<MyPlan>('GET', '/v1/me/plan', { as })).body;
const choose = (plan: string, as = 'pia') => api.call<MyPlan>('POST', '/v1/me/plan', { as, body: { plan } });
const requests = async () =>
  (await api.call<PlanRequestList>('GET', '/v1/lab/plan-requests', { as: 'root' })).body.items;
const answer = (method: 'POST' | 'DELETE', person: string, call: Call = {}) =>
  api.call(method, `/v1/lab/plan-requests/${person}`, { as: 'root', ...call });
const messages = async () =>
  (await api.ports.queue.receive('cold', { max: 10, visibilitySeconds: 60 })).map(({ body }) => body);

/** A job that completed, whose results are archived. */
async function archivedJob(owner: string, id: string): Promise<void> {
  const { jobs } = api.ports;
  const ref = { owner, id };
  await jobs.create({ ...ref, name: id, settings: { model: { name: 'nuclei', sha256: 'a'.repeat(64) } } });
  await archiveJob(ref, jobs);
}

describe('where people ask for another plan', () => {
  beforeEach(() => open('ask'));

  it('the service says so, shows the plans, and counts the jobs whose results are away', async () => {
    expect((await api.call<PublicConfig>('GET', '/v1/config', { as: null })).body.upgrades).toBe('ask');
    await archivedJob('pia', 'job-0001');
    await archivedJob('omar', 'job-0002');
    const { plans, ...rest } = await myPlan();
    expect(rest).toEqual({ plan: 'standard', upgrades: 'ask', away: 1 });
    expect(plans.map(({ name, archive }) => [name, archive])).toEqual([
      ['standard', undefined],
      ['large', undefined],
      ['free', { afterSeconds: 300, restores: false, days: 365 }],
      ['premium', undefined],
    ]);
    expect(Object.keys(plans[0]!.limits)).toContain('bytesPerDay');
  });

  it('a request changes no plan; administrators see it, and the latest one counts', async () => {
    await choose('large');
    api.clock.advance(60);
    const { status, body } = await choose('premium');
    const askedAt = '2026-01-01T00:01:00.000Z';
    expect([status, body.plan, body.requested]).toEqual([200, 'standard', { plan: 'premium', askedAt }]);
    expect(await requests()).toEqual([
      { person: 'pia', email: 'pia@lab.example', has: 'standard', plan: 'premium', askedAt },
    ]);
    expect(await messages()).toEqual([]);
  });

  it('whoever chooses the plan they have withdraws their request', async () => {
    await choose('premium');
    expect((await choose('standard')).body).not.toHaveProperty('requested');
    expect(await requests()).toEqual([]);
  });

  it('granting gives the plan, has the results come back, and removes the request', async () => {
    await choose('premium');
    expect((await answer('POST', 'pia', { body: { plan: 'premium' } })).status).toBe(204);
    expect(await myPlan()).toMatchObject({ plan: 'premium' });
    expect(await requests()).toEqual([]);
    expect(await messages()).toEqual([{ kind: 'restoreAll', owner: 'pia' }]);
  });

  it('granting a plan that archives asks for nothing back', async () => {
    await choose('free');
    expect((await answer('POST', 'pia', { body: { plan: 'free' } })).status).toBe(204);
    expect((await myPlan()).plan).toBe('free');
    expect(await messages()).toEqual([]);
  });

  it('granting another plan than the one that is asked for by now is refused, and changes nothing', async () => {
    for (const body of [{ plan: 'premium' }, { plan: 'free' }])
      expect((await answer('POST', 'pia', { body })).body).toMatchObject({ status: 409, code: 'planRequestMissing' });
    await choose('large');
    expect((await answer('POST', 'pia', { body: { plan: 'premium' } })).status).toBe(409);
    expect(await myPlan()).toMatchObject({ plan: 'standard', requested: { plan: 'large' } });
  });

  it('declining removes the request and leaves the plan, and may be repeated', async () => {
    await choose('premium');
    for (let n = 0; n < 2; n++) expect((await answer('DELETE', 'pia')).status).toBe(204);
    expect(await requests()).toEqual([]);
    expect((await myPlan()).plan).toBe('standard');
  });

  it('a grant that is cut off before the results are asked back stays in the list, and is granted again', async () => {
    await choose('premium');
    const { queue } = api.services.ports;
    const { send } = queue;
    queue.send = async () => {
      throw new Error('the process ended');
    };
    expect((await answer('POST', 'pia', { body: { plan: 'premium' } })).status).toBe(500);
    queue.send = send;
    expect((await requests()).map(({ person, has, plan }) => [person, has, plan])).toEqual([
      ['pia', 'premium', 'premium'],
    ]);
    expect((await answer('POST', 'pia', { body: { plan: 'premium' } })).status).toBe(204);
    expect(await messages()).toEqual([{ kind: 'restoreAll', owner: 'pia' }]);
    expect(await requests()).toEqual([]);
  });

  it('requests of people without an account are not shown, and cannot be granted', async () => {
    await choose('premium');
    api.accounts.delete('pia');
    expect(await requests()).toEqual([]);
    expect((await answer('POST', 'pia', { body: { plan: 'premium' } })).body).toMatchObject({
      status: 404,
      code: 'memberMissing',
    });
  });

  it('plans that are not there, and bodies that name none, are refused', async () => {
    expect((await choose('gold')).body).toMatchObject({ status: 422, code: 'planMissing' });
    for (const body of [{}, { plan: 'UPPER' }, { plan: 'large', admin: true }])
      expect((await api.call('POST', '/v1/me/plan', { as: 'pia', body })).status).toBe(400);
    expect(await requests()).toEqual([]);
  });

  it('requests are for administrators alone', async () => {
    await choose('premium');
    const calls = [
      ['GET', '', undefined],
      ['POST', '/pia', { plan: 'premium' }],
      ['DELETE', '/pia', undefined],
    ] as const;
    for (const [method, below, body] of calls) {
      const asked = await api.call(method, `/v1/lab/plan-requests${below}`, { as: 'pia', ...(body && { body }) });
      expect([asked.status, asked.body.code]).toEqual([403, 'adminsOnly']);
    }
    expect(await requests()).toHaveLength(1);
  });
});

describe('where people take another plan', () => {
  beforeEach(() => open('self'));

  it('it is theirs at once, what was archived comes back, and nobody is asked', async () => {
    await archivedJob('pia', 'job-0001');
    const { body } = await choose('premium');
    expect(body).toMatchObject({ plan: 'premium', upgrades: 'self', away: 1 });
    expect(await messages()).toEqual([{ kind: 'restoreAll', owner: 'pia' }]);
    expect(await requests()).toEqual([]);
    expect((await myPlan('omar')).plan).toBe('standard');
  });

  it('one that archives asks for nothing back', async () => {
    expect((await choose('free')).body.plan).toBe('free');
    expect(await messages()).toEqual([]);
  });
});

it.each([[undefined], ['off']] as const)('with upgrades %s plans are changed by administrators alone', async (way) => {
  await open(way);
  expect((await api.call('GET', '/v1/config', { as: null })).body).not.toHaveProperty('upgrades');
  const answers = [
    await api.call('GET', '/v1/me/plan'),
    await choose('large'),
    await api.call('GET', '/v1/lab/plan-requests', { as: 'root' }),
    await answer('POST', 'pia', { body: { plan: 'large' } }),
    await answer('DELETE', 'pia'),
  ];
  expect(answers.map(({ status, body }) => [status, (body as unknown as { code: string }).code])).toEqual(
    answers.map(() => [403, 'upgradesOff']),
  );
});
