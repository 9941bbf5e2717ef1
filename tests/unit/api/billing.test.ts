import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MyPlan } from '../../../functions/contract/plans.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';

const secret = 'shared with the payment service';
const path = '/v1/billing/events';
const event = { id: 'evt_1', person: 'pia@lab.example', plan: 'premium' };

let api: ApiService;
beforeEach(async () => {
  api = await apiService({ archiving: true, upgrades: 'ask', billingSecret: secret });
});
afterEach(() => api[Symbol.asyncDispose]());

interface Sent {
  /** Of the signature. */
  secret?: string;
  /** Seconds from now. */
  at?: number;
  /** What is signed, where that is not what is sent. */
  signed?: string;
  headers?: Record<string, string>;
}

/** As a payment service sends an event, to the letter of docs/archive.md. */
async function send(body: unknown, { secret: key = secret, at = 0, signed, headers = {} }: Sent = {}) {
  const text = JSON.stringify(body);
  const time = String(Math.floor(api.clock.now() / 1000) + at);
  const signature = createHmac('sha256', key)
    .update(`${time}.${signed ?? text}`)
    .digest('hex');
  const { status, body: answer } = await api.call<{ code?: string }>('POST', path, {
    as: null,
    body,
    headers: { 'Labdeploy-Timestamp': time, 'Labdeploy-Signature': `v1=${signature}`, ...headers },
  });
  return [status, answer.code ?? answer];
}
const planOf = async (as: string) => (await api.call<MyPlan>('GET', '/v1/me/plan', { as })).body.plan;
const messages = async () =>
  (await api.ports.queue.receive('cold', { max: 10, visibilitySeconds: 60 })).map(({ body }) => body);

describe('an event of a payment service', () => {
  it('gives the plan to the person of an address or an id, and has their results come back', async () => {
    expect(await send(event)).toEqual([200, { plan: 'premium' }]);
    expect(await send({ ...event, id: 'evt_2', person: 'omar', more: 'of the service' })).toEqual([
      200,
      { plan: 'premium' },
    ]);
    expect([await planOf('pia'), await planOf('omar'), await planOf('ute')]).toEqual([
      'premium',
      'premium',
      'standard',
    ]);
    expect(await messages()).toEqual([
      { kind: 'restoreAll', owner: 'pia' },
      { kind: 'restoreAll', owner: 'omar' },
    ]);
  });

  it('with a plan that archives gives it, and asks for nothing back', async () => {
    expect(await send({ ...event, plan: 'free' })).toEqual([200, { plan: 'free' }]);
    expect([await planOf('pia'), await messages()]).toEqual(['free', []]);
  });

  it('that comes again has the same answer and does nothing, also weeks later and after another one', async () => {
    await send(event);
    await send({ ...event, id: 'evt_2', plan: 'free' });
    api.clock.advance(29 * 24 * 60 * 60);
    expect(await send(event)).toEqual([200, { plan: 'premium' }]);
    expect(await planOf('pia')).toBe('free');
    expect(await messages()).toHaveLength(1);
  });

  it('with the id of another event is refused', async () => {
    await send(event);
    expect(await send({ ...event, plan: 'free' })).toEqual([409, 'eventReused']);
    expect(await send({ ...event, person: 'omar' })).toEqual([409, 'eventReused']);
    expect([await planOf('pia'), await planOf('omar')]).toEqual(['premium', 'standard']);
  });

  it('that failed half-way is done by its repeat', async () => {
    const { queue } = api.services.ports;
    const right = queue.send;
    queue.send = async () => {
      throw new Error('the process ended');
    };
    expect(await send(event)).toEqual([500, 'internal']);
    queue.send = right;
    expect(await send(event)).toEqual([200, { plan: 'premium' }]);
    expect(await messages()).toEqual([{ kind: 'restoreAll', owner: 'pia' }]);
  });

  it.each<[string, Sent, number, string]>([
    ['signed with another secret', { secret: 'another secret, as long' }, 401, 'eventUnsigned'],
    ['whose body was changed', { signed: JSON.stringify({ ...event, plan: 'free' }) }, 401, 'eventUnsigned'],
    ['whose time was changed', { headers: { 'Labdeploy-Timestamp': '1767225601' } }, 401, 'eventUnsigned'],
    ['without a time', { headers: { 'Labdeploy-Timestamp': '' } }, 401, 'eventUnsigned'],
    ['without a signature', { headers: { 'Labdeploy-Signature': '' } }, 401, 'eventUnsigned'],
    ['with a signature of another kind', { headers: { 'Labdeploy-Signature': 'v0=00' } }, 401, 'eventUnsigned'],
    ['signed more than five minutes ago', { at: -301 }, 400, 'eventStale'],
    ['signed more than five minutes from now', { at: 301 }, 400, 'eventStale'],
  ])('%s is refused, and changes nothing', async (_, sent, status, code) => {
    expect(await send(event, sent)).toEqual([status, code]);
    expect([await planOf('pia'), await messages()]).toEqual(['standard', []]);
  });

  it('signed five minutes ago is taken', async () => {
    expect(await send(event, { at: -300 })).toEqual([200, { plan: 'premium' }]);
  });

  it.each<[string, unknown, number, string]>([
    ['an unknown person', { ...event, person: 'eve@lab.example' }, 404, 'memberMissing'],
    ['an unknown plan', { ...event, plan: 'gold' }, 422, 'planMissing'],
    ['no id', { person: 'pia', plan: 'premium' }, 400, 'requestInvalid'],
    ['an id with spaces', { ...event, id: 'evt 1' }, 400, 'requestInvalid'],
  ])('of %s is refused, and its id stays free', async (_, body, status, code) => {
    expect(await send(body)).toEqual([status, code]);
    expect(await send(event)).toEqual([200, { plan: 'premium' }]);
  });

  it('keeps nothing by which the person is known', async () => {
    const kept: string[] = [];
    const { answers } = api.services;
    const { keep } = answers;
    answers.keep = async (...given) => {
      kept.push(JSON.stringify(given));
      return keep(...given);
    };
    await send(event);
    expect(kept).toHaveLength(1);
    expect(kept[0]).not.toMatch(/pia/);
  });
});

it('without a secret there is no such route', async () => {
  await api[Symbol.asyncDispose]();
  api = await apiService({ archiving: true, upgrades: 'ask' });
  expect(await send(event)).toEqual([404, 'routeUnknown']);
});
