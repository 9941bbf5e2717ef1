import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { LinkView } from '../../../functions/contract/results.ts';
import type { PublicConfig } from '../../../functions/contract/service.ts';
import { downloadRef } from '../../../functions/core/object-keys.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';

const day = 24 * 60 * 60;
let api: ApiService;
let ref: { owner: string; id: string };
beforeEach(async () => {
  api = await apiService({ publicLinks: true });
  const { body } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'Maus/1' } });
  ref = { owner: 'olga', id: body.id };
});
afterEach(() => api[Symbol.asyncDispose]());

async function completed() {
  const { jobs, objects } = api.ports;
  await jobs.expect(ref, [{ path: 'a.tif', bytes: 1 }]);
  await jobs.finishFile(ref, 'a.tif', { state: 'done' });
  await jobs.seal(ref);
  await jobs.submit(ref);
  await jobs.startPackaging(ref);
  await objects.put(downloadRef((await jobs.get(ref))!), Buffer.from('the zip'));
  await jobs.complete(ref, 1);
}
const make = (days: unknown = 3, as = 'olga') =>
  api.call<LinkView>('POST', `/v1/jobs/${ref.id}/links`, { as, body: { days } });
const open = (url: string) => api.call<ProblemView>('GET', url.slice(api.url.length), { as: null });
const gone = { status: 404, body: { code: 'linkMissing', instance: expect.any(String) } };

describe('a public link', () => {
  it('leads anybody to a fresh download, until it expires', async () => {
    await completed();
    const { status, body } = await make();
    expect([status, body.expiresAt]).toEqual([201, '2026-01-04T00:00:00.000Z']);
    expect(body.url).toMatch(new RegExp(`^${api.url}/v1/links/[\\w.-]+$`));
    for (const seconds of [0, day, 2 * day - 1]) {
      api.clock.advance(seconds);
      const answer = await open(body.url);
      expect([answer.status, answer.body, answer.headers.get('cache-control')]).toEqual([302, undefined, 'no-store']);
      const zip = await fetch(answer.headers.get('location')!);
      expect([zip.status, zip.headers.get('content-disposition'), await zip.text()]).toEqual([
        200,
        expect.stringContaining('Maus_1.zip'),
        'the zip',
      ]);
    }
    api.clock.advance(1);
    expect(await open(body.url)).toMatchObject(gone);
  });

  it('is not in the log', async () => {
    await completed();
    const { body } = await make();
    api.log.length = 0;
    await open(body.url);
    expect(api.log).toMatchObject([{ method: 'GET', path: '/v1/links/…', status: 302 }]);
  });

  it.each([0, 31, 1.5, '3', null])('is good for 1 to 30 days, not %p', async (days) => {
    await completed();
    expect(await make(days)).toMatchObject({ status: 400, body: { code: 'requestInvalid' } });
  });

  it('is its owner’s to make, of a job that has results', async () => {
    expect(await make()).toMatchObject({ status: 409, body: { code: 'resultsMissing' } });
    await completed();
    expect(await make(3, 'eve')).toMatchObject({ status: 404, body: { code: 'jobMissing' } });
    const nobody = await api.call('POST', `/v1/jobs/${ref.id}/links`, { as: null, body: { days: 3 } });
    expect(nobody.status).toBe(401);
  });

  it('ends with its job', async () => {
    await completed();
    const { body } = await make();
    await api.call('DELETE', `/v1/jobs/${ref.id}`);
    expect(await open(body.url)).toMatchObject(gone);
  });

  it('answers alike whatever is wrong with it', async () => {
    await completed();
    const { body } = await make();
    const [claims = '', signature = ''] = body.url.split('/').at(-1)!.split('.');
    const forged = (value: unknown) => `${Buffer.from(JSON.stringify(value)).toString('base64url')}.${signature}`;
    const tokens = [
      'x',
      claims,
      `${claims}.`,
      `.${signature}`,
      `${claims}.${signature}.`,
      `${claims}.${signature.slice(0, -1)}`,
      `${claims.slice(0, -2)}.${signature}`,
      forged(['olga', ref.id, 9e15]),
      forged(['olga', 'another-job', 9e15]),
      '%00',
      'ü',
    ];
    const details = new Set<string>();
    for (const token of tokens) {
      const answer = await open(`${api.url}/v1/links/${token}`);
      expect({ token, ...answer }).toMatchObject(gone);
      details.add(answer.body.detail);
    }
    expect(details.size).toBe(1);
    for (let at = 0; at < claims.length + signature.length + 1; at += 7) {
      const token = `${claims}.${signature}`;
      const other = token[at] === 'A' ? 'B' : 'A';
      const edited = `${api.url}/v1/links/${token.slice(0, at)}${other}${token.slice(at + 1)}`;
      expect(await open(edited)).toMatchObject(gone);
    }
  });

  it('is no use while its job is retried, and leads to the new results afterwards', async () => {
    await completed();
    const { body } = await make();
    const get = api.ports.jobs.get;
    api.ports.jobs.get = async (job) => ({ ...(await get(job))!, state: 'processing' });
    expect(await open(body.url)).toMatchObject(gone);
    api.ports.jobs.get = get;
    expect((await open(body.url)).status).toBe(302);
  });

  it('is followed at a bounded rate', async () => {
    await completed();
    const { body } = await make();
    for (let n = 0; n < 60; n++) expect((await open(body.url)).status).toBe(302);
    const slow = await open(body.url);
    expect([slow.status, slow.body.code, slow.headers.get('retry-after')]).toEqual([429, 'tooFast', '1']);
    api.clock.advance(1);
    expect((await open(body.url)).status).toBe(302);
  });

  it('is not there where the lab does not allow it, also when it was made before', async () => {
    await completed();
    const config = await api.call<PublicConfig>('GET', '/v1/config', { as: null });
    expect(config.body.publicLinks).toBe(true);
    const { body } = await make();
    await using strict = await apiService();
    const token = body.url.slice(api.url.length);
    expect(await strict.call('GET', token, { as: null })).toMatchObject(gone);
    const made = await strict.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'x' } });
    const link = { body: { days: 3 } };
    expect(await strict.call('POST', `/v1/jobs/${made.body.id}/links`, link)).toMatchObject({
      status: 403,
      body: { code: 'linksOff' },
    });
  });
});
