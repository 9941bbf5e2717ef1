import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobPage, JobView } from '../../../functions/contract/jobs.ts';
import { type Operation, operations } from '../../../functions/contract/operations.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { Download, Results } from '../../../functions/contract/results.ts';
import type { Me, PublicConfig } from '../../../functions/contract/service.ts';
import { downloadRef, resultRef } from '../../../functions/core/object-keys.ts';
import { readRecipe } from '../../../functions/recipes/read-recipe.ts';
import { shippedRecipes } from '../../../functions/recipes/shipped.ts';
import { type ApiService, apiService, badTokens, nuclei, pageOrigin } from '../../support/api-service.ts';
import { operation } from '../../support/edit-maker.ts';
import { idleTeacher } from '../../support/idle-teacher.ts';

let api: ApiService;
let id: string;
let before: unknown;

/** A job of olga with everything that can be asked for. */
beforeAll(async () => {
  const recipes = Object.values(shippedRecipes).map((text) => readRecipe(text, 'recipe'));
  const pictures = { recipes, containers: [], usualRecipe: 'deface' };
  api = await apiService({ gallery: true, pictures, teacher: () => idleTeacher });
  id = (await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'hers' } })).body.id;
  const ref = { owner: 'olga', id };
  await api.ports.jobs.expect(ref, [
    { path: 'a.tif', bytes: 1 },
    { path: 'big.tif', bytes: 2e8 },
  ]);
  await api.ports.jobs.finishFile(ref, 'a.tif', { state: 'done' });
  await api.ports.objects.put(resultRef(ref, 'a.tif', 'labels.tif'), Buffer.from('x'));
  await api.ports.objects.put(downloadRef({ ...ref, generation: 1 }), Buffer.from('x'));
  before = await everything();
});
afterAll(() => api[Symbol.asyncDispose]());

const everything = async () => ({
  job: await api.ports.jobs.get({ owner: 'olga', id }),
  files: await api.ports.jobs.files({ owner: 'olga', id }),
  objects: (await api.ports.objects.list('results', '')).objects,
});

const bodies: Record<string, unknown> = {
  describeJob: { name: 'stolen' },
  addEdits: { path: 'a.tif', after: 0, operations: [operation({ do: 'delete', objects: [1] })] },
  createJob: { source: 'files', name: 'x' },
  signUploads: { files: [{ path: 'a.tif', bytes: 1 }] },
  signParts: { path: 'big.tif', uploadId: 'abc', parts: [1] },
  shareJob: { email: 'omar@lab.example' },
  publishFigure: { path: 'a.tif', caption: 'hers', scope: 'lab' },
  completeUpload: { path: 'big.tif', uploadId: 'abc', parts: [{ part: 1, etag: 'x' }] },
};
const queries: Record<string, string> = {
  listParts: '?path=big.tif&uploadId=abc',
  showResults: '?path=a.tif',
  signInput: '?path=a.tif',
  listEdits: '?path=a.tif',
};
const all = Object.values(operations) as Operation[];
const guarded = all.filter((operation) => operation.public !== true);

const request = (operation: Operation, as: string | null, job = id) => {
  const path = operation.path.replace('{id}', job).replace('{member}', 'pia') + (queries[operation.id] ?? '');
  const body = bodies[operation.id];
  return api.call<ProblemView>(operation.method, path, { as, ...(body !== undefined && { body }) });
};

describe('without a good token', () => {
  it.each(guarded.map(({ id }) => id))('%s is refused', async (operationId) => {
    const operation = all.find((each) => each.id === operationId)!;
    const nobody = await request(operation, null);
    expect([nobody.status, nobody.body.code]).toEqual([401, 'tokenMissing']);
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
    for (const [token, status] of Object.entries(badTokens)) {
      expect((await request(operation, token)).status).toBe(status);
    }
    expect(await everything()).toEqual(before);
  });

  it('says why in words, and how to go on', async () => {
    const codes = await Promise.all(Object.keys(badTokens).map((as) => api.call<ProblemView>('GET', '/v1/me', { as })));
    expect(codes.map(({ body }) => `${body.code}: ${body.detail}`)).toEqual([
      'tokenExpired: refresh it, or sign in again',
      'tokenRefused: its signature is not the issuer’s; sign in again',
      'tokenRefused: it is for another service; sign in again',
      'unavailable: try again in some seconds; if that does not help, ask the admin',
    ]);
    expect(codes[0]?.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it.each(['Basic b2xnYTp4', 'Bearer', 'Bearer a b', 'olga', 'Bearer ölga'])(
    'refuses the header %j',
    async (header) => {
      const headers = { Authorization: Buffer.from(header).toString('latin1') };
      const { status, body } = await api.call<ProblemView>('GET', '/v1/me', { as: null, headers });
      expect([status, body.code]).toEqual([401, 'tokenMissing']);
    },
  );
});

describe('another owner’s job', () => {
  const ofOneJob = guarded.filter(({ path }) => path.startsWith('/v1/jobs/{id}'));

  it('is tried with every route of a job', () => {
    expect(ofOneJob).toHaveLength(24);
  });

  it.each(ofOneJob.map(({ id }) => id))('is as missing for %s as one that never was', async (operationId) => {
    const operation = all.find((each) => each.id === operationId)!;
    const stolen = await request(operation, 'omar');
    const never = await request(operation, 'omar', 'never-was');
    expect([stolen.status, stolen.body.code]).toEqual([404, 'jobMissing']);
    const anonymous = ({ body }: typeof stolen, job: string) =>
      JSON.stringify({ ...body, requestId: '' }).replaceAll(job, 'JOB');
    expect(anonymous(stolen, id)).toBe(anonymous(never, 'never-was'));
    expect(await everything()).toEqual(before);
  });

  it('is not in the list, nor found by a cursor of its owner', async () => {
    expect((await api.call<JobPage>('GET', '/v1/jobs', { as: 'omar' })).body).toEqual({ items: [] });
    await api.call('POST', '/v1/jobs', { body: { source: 'files', name: 'second' } });
    const { body } = await api.call<JobPage>('GET', '/v1/jobs?limit=1');
    const stolen = await api.call<JobPage>('GET', `/v1/jobs?cursor=${body.cursor}`, { as: 'omar' });
    expect(stolen.body).toEqual({ items: [] });
  });

  it('cannot be reached with an Idempotency-Key of its owner', async () => {
    const headers = { 'Idempotency-Key': 'same' };
    const body = { source: 'files', name: 'x' };
    const hers = await api.call<JobView>('POST', '/v1/jobs', { body, headers });
    const his = await api.call<JobView>('POST', '/v1/jobs', { as: 'omar', body, headers });
    expect(his.status).toBe(201);
    expect(his.body.id).not.toBe(hers.body.id);
  });
});

describe('one’s own', () => {
  it('results and download are there', async () => {
    expect((await api.call<Results>('GET', `/v1/jobs/${id}/results?path=a.tif`)).body.files).toHaveLength(1);
    expect((await api.call<Download>('GET', `/v1/jobs/${id}/download`)).status).toBe(409); // still uploading
  });

  it('plan, usage and limits are in /v1/me', async () => {
    const { body } = await api.call<Me>('GET', '/v1/me', { as: 'pia+large' });
    expect(body).toMatchObject({ sub: 'pia', email: 'pia@lab.example', plan: 'large', admin: false });
    expect(body.limits).toMatchObject({ jobsAtOnce: 100, filesPerJob: 100_000 });
    expect(body.usage).toEqual({ jobsAtOnce: 0, jobsToday: 0, bytesToday: 0, resetsAt: '2026-01-02T00:00:00.000Z' });
    expect((await api.call<Me>('GET', '/v1/me', { as: 'pia+unknown' })).body.plan).toBe('standard');
  });
});

describe('what is public', () => {
  it('is the configuration, health and the description', async () => {
    const config = await api.call<PublicConfig>('GET', '/v1/config', { as: null });
    expect(config.body).toEqual({
      version: '1.2.3',
      signIn: 'accounts',
      signUp: 'invite',
      issuer: 'https://issuer.example',
      clientId: 'page',
      scopes: ['openid', 'labdeploy'],
      publicLinks: false,
      teaching: true,
      gallery: 'people',
      sharing: true,
      limits: { filesPerCall: 500, partsPerCall: 500, singlePutBytes: 100_000_000, filesPage: 1000, jobsPage: 100 },
    });
    expect((await api.call('GET', '/healthz', { as: null })).body).toEqual({ status: 'ok', version: '1.2.3' });
    expect((await api.call('GET', '/openapi.json', { as: null })).body).toMatchObject({ openapi: '3.1.0' });
  });

  it('is not the list of models', async () => {
    expect((await api.call('GET', '/v1/models')).body).toEqual({ items: [nuclei, { ...nuclei, name: 'cells' }] });
  });
});

describe('a browser', () => {
  const preflight = (origin: string, path = '/v1/jobs') =>
    fetch(api.url + path, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    });

  it.each(['https://evil.example', 'null', `${pageOrigin}.evil.example`, `${pageOrigin}:8443`])(
    'at %s gets no leave to read',
    async (origin) => {
      for (const answer of [
        await preflight(origin),
        await preflight(origin, '/objects/inputs/x'),
        await fetch(`${api.url}/v1/config`, { headers: { Origin: origin } }),
      ]) {
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expect(answer.headers.get('vary')).toContain('Origin');
      }
    },
  );

  it('at the page’s origin may call the API and the store, without cookies', async () => {
    for (const path of ['/v1/jobs', '/objects/inputs/olga/x']) {
      const answer = await preflight(pageOrigin, path);
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(pageOrigin);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    const answer = await fetch(`${api.url}/v1/config`, { headers: { Origin: pageOrigin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(pageOrigin);
  });

  it('may guess, frame and keep nothing', async () => {
    const { headers } = await fetch(`${api.url}/v1/config`);
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});
