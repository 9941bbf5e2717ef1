import { describe, expect, it } from '@jest/globals';
import { addressOf, apiCall, type CallOptions } from '../../../client/call.ts';
import { checkAnswer } from '../../../client/check-answer.ts';
import { operations } from '../../../functions/contract/operations.ts';
import { routes } from '../../../functions/contract/routes.ts';

type Sent = { url: string; method: string; headers: Headers; body: unknown };

/** A service that gives each request the next of `answers`. */
function world(answers: Response[], options: Partial<CallOptions> = {}) {
  const sent: Sent[] = [];
  const fetch: typeof globalThis.fetch = async (url, init = {}) => {
    const { method = '', headers, body } = init;
    sent.push({ url: String(url), method, headers: new Headers(headers), body: body ?? undefined });
    return answers.shift()!;
  };
  return { sent, call: apiCall({ origin: 'https://lab.example', fetch, ...options }) };
}
const json = (body: unknown, status = 200, type = 'application/json') =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });

describe('a call', () => {
  it('is the method, path, query and body of its operation', async () => {
    const { sent, call } = world([json({ items: [] }), json({}), new Response(null, { status: 204 })]);
    await call('listFiles', { params: { id: 'job 1/x' }, query: { state: 'failed', cursor: undefined } });
    await call('createJob', { body: { source: 'files', name: 'day 1' }, key: 'k1' });
    expect(await call('deleteJob', { params: { id: 'job1' } })).toBeUndefined();
    expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', 'https://lab.example/v1/jobs/job%201%2Fx/files?state=failed', undefined],
      ['POST', 'https://lab.example/v1/jobs', '{"source":"files","name":"day 1"}'],
      ['DELETE', 'https://lab.example/v1/jobs/job1', undefined],
    ]);
    expect(sent[1]!.headers.get('Idempotency-Key')).toBe('k1');
    expect(sent[0]!.headers.get('Content-Type')).toBeNull();
  });

  it.each(['../me', '..', '.', '', '%2e%2e', '/../../v1/me'])('with the id %j asks for nothing else', (id) => {
    const { pathname } = new URL(addressOf(routes.showJob, { params: { id } }), 'https://lab.example');
    expect(pathname).toMatch(/^\/v1\/jobs\/[^/]+$/);
  });

  it('carries the token, replaces one that is refused once, and none where everybody may ask', async () => {
    const bearer = { token: async () => 'old', replace: async (refused: string) => `not ${refused}` };
    const { sent, call } = world([json({}, 401), json({}), json({})], { bearer });
    await call('showMe');
    await call('showConfig');
    expect(sent.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer old', 'Bearer not old', null]);
  });

  it('throws the problem that the service answers, and how long it asks to wait', async () => {
    const problem = { title: 'too many requests', detail: 'wait 3 s', code: 'tooFast' };
    const answer = json(problem, 429, 'application/problem+json');
    answer.headers.set('Retry-After', '3');
    const { call } = world([answer]);
    const message = 'too many requests: wait 3 s';
    await expect(call('showMe')).rejects.toMatchObject({ status: 429, waitMs: 3000, problem, message });
  });

  it('throws status 0 where nothing answers, and the reason of whoever gave it up', async () => {
    const stop = new AbortController();
    const fetch = async () => Promise.reject(new TypeError('fetch failed'));
    const { call } = world([], { fetch });
    await expect(call('showMe')).rejects.toMatchObject({ status: 0, cause: { message: 'fetch failed' } });
    stop.abort(new Error('stopped'));
    await expect(call('showMe', { signal: stop.signal })).rejects.toThrow('stopped');
  });

  it('throws where something else than the service answers', async () => {
    const { call } = world([new Response('<p>a router</p>', { headers: { 'Content-Type': 'text/html' } })]);
    await expect(call('showMe')).rejects.toMatchObject({ status: 200, type: 'text/html' });
  });
});

describe('a checked answer', () => {
  it('is what the contract says, without what it does not know', async () => {
    const { call } = world([json({ status: 'ok', version: '1', more: true })], { check: checkAnswer });
    expect(await call('showHealth')).toEqual({ status: 'ok', version: '1' });
  });
  it('that is something else names the operation and the field', async () => {
    const { call } = world([json({ status: 'ok' })], { check: checkAnswer });
    await expect(call('showHealth')).rejects.toThrow(
      /^the answer to showHealth is not what the contract says: version: /,
    );
  });
});

it('knows a route for every operation, and takes method and path from it', () => {
  expect(Object.keys(operations)).toEqual(Object.keys(routes));
  for (const [id, { method, path }] of Object.entries(operations))
    expect({ id, method, path }).toEqual({ id, ...pick(routes[id as keyof typeof routes]) });
});

const pick = ({ method, path }: { method: string; path: string }) => ({ method, path });
