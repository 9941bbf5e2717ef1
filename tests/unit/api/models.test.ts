import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { VersionDetail, VersionView } from '../../../functions/contract/models.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { ModelView } from '../../../functions/contract/service.ts';
import type { SignedRequestView } from '../../../functions/contract/signed-request.ts';
import type { ModelFacts } from '../../../functions/core/model-version.ts';
import { cardRef, coverRef, sentPackageRef } from '../../../functions/core/object-keys.ts';
import { factsOf } from '../../contract/models.ts';
import { type ApiService, apiService, sha256 } from '../../support/api-service.ts';

let api: ApiService;
beforeEach(async () => {
  api = await apiService();
});
afterEach(() => api[Symbol.asyncDispose]());

const path = (id: string, action = '') => `/v1/models/versions/${id}${action}`;
/** The administrator of the tests' lab. */
const admin = <T>(method: string, route: string, body?: unknown) =>
  api.call<T>(method, route, { as: 'ada', ...(body !== undefined && { body }) });
const add = async (body: Record<string, unknown> = {}) =>
  (await admin<VersionView>('POST', '/v1/models/versions', { bytes: 4, ...body })).body.id;
const put = async (id: string, bytes: string) => {
  const { request } = (await admin<{ request: SignedRequestView }>('POST', path(id, '/upload'))).body;
  return fetch(request.url, { method: request.method, headers: request.headers, body: bytes });
};
/** As the check does with a package that passes. */
const pass = async (id: string, facts: ModelFacts) => {
  await api.ports.models!.startCheck(id);
  await api.ports.models!.accept(id, facts);
};
const ready = async (name: string, digit: string) => {
  const id = await add();
  await pass(id, factsOf(name, digit));
  return id;
};
const models = async () => (await api.call<{ items: ModelView[] }>('GET', '/v1/models')).body.items;
const newJob = async (model?: string) =>
  (await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'x', ...(model && { model }) } })).body;

it('takes a package by a signed upload, which tells the stage that checks it', async () => {
  const id = await add({ scores: { 'f1@0.5': 0.81 } });
  expect((await admin<VersionView>('GET', path(id))).body).toEqual({
    ...{ id, kind: 'onnx', state: 'added', offered: false, bytes: 4, scores: { 'f1@0.5': 0.81 } },
    ...{ addedBy: 'ada@lab.example', addedAt: '2026-01-01T00:00:00.000Z', changedAt: '2026-01-01T00:00:00.000Z' },
  });
  expect((await put(id, 'five5')).status).toBe(400);
  expect((await put(id, 'four')).status).toBe(200);
  const [message] = await api.ports.queue.receive('files', { max: 1, visibilitySeconds: 1 });
  expect(message!.body).toEqual({ owner: '~models', id, path: 'package.zip' });
  const again = await admin<ProblemView>('POST', path(id, '/upload'));
  expect([again.status, again.body.code]).toEqual([409, 'versionState']);
});

it('offers a newer version in the place of the shipped one, and jobs pin what is offered when they are made', async () => {
  const before = await newJob('nuclei');
  expect(before.settings.model).toEqual({ name: 'nuclei', sha256 });
  const first = await ready('nuclei', '1');
  expect((await admin<VersionView>('POST', path(first, '/offer'))).body).toMatchObject({
    ...{ offered: true, revision: 1 },
    ...{ offeredBy: 'ada@lab.example', offeredAt: '2026-01-01T00:00:00.000Z' },
  });
  expect((await models()).map(({ name, revision }) => [name, revision])).toEqual([
    ['nuclei', 1],
    ['cells', undefined],
  ]);
  const pinned = { name: 'nuclei', sha256: 'a'.repeat(64), package: '1'.repeat(64), revision: 1 };
  const job = await newJob();
  expect(job.settings.model).toEqual(pinned);
  await admin('POST', path(await ready('nuclei', '2'), '/offer'));
  expect((await newJob()).settings.model.revision).toBe(2);
  expect((await api.call<JobView>('GET', `/v1/jobs/${job.id}`)).body.settings.model).toEqual(pinned);
});

it('adds a model of another name behind the shipped ones', async () => {
  await admin('POST', path(await ready('yeast', '1'), '/offer'));
  expect((await models()).map(({ name }) => name)).toEqual(['nuclei', 'cells', 'yeast']);
  expect((await newJob('yeast')).settings.model).toMatchObject({ name: 'yeast', package: '1'.repeat(64) });
});

it('says why a version cannot be offered', async () => {
  const [one, two] = [await ready('nuclei', '1'), await ready('nuclei', '2')];
  const raw = await add();
  await admin('POST', path(two, '/offer'));
  const why = async (id: string) => (await admin<ProblemView>('POST', path(id, '/offer'))).body.detail;
  expect(await why(two)).toContain('it is offered already');
  expect(await why(one)).toContain('revision 2 of nuclei is offered, which is newer than 1');
  expect(await why(raw)).toContain('it is added, and only what is ready can be offered');
});

it('retires the offered version: new jobs use the shipped one again, and the old job keeps its own', async () => {
  const id = await ready('nuclei', '1');
  await admin('POST', path(id, '/offer'));
  const job = await newJob();
  expect((await admin<VersionView>('POST', path(id, '/retire'))).body).toMatchObject({
    state: 'retired',
    offered: false,
  });
  expect((await newJob()).settings.model).toEqual({ name: 'nuclei', sha256 });
  expect((await api.call<JobView>('GET', `/v1/jobs/${job.id}`)).body.settings.model.revision).toBe(1);
  expect((await admin<ProblemView>('POST', path(id, '/retire'))).body.detail).toContain('it is retired already');
});

it('checks again what was refused, while its package is there', async () => {
  const id = await add();
  await put(id, 'four');
  await api.ports.models!.refuse(id, { code: 'modelCheckDied', message: 'killed' });
  const gone = await add();
  expect((await admin<ProblemView>('POST', path(gone, '/check'))).body.code).toBe('packageMissing');
  expect((await admin<VersionView>('POST', path(id, '/check'))).body.state).toBe('added');
  const done = await ready('nuclei', '3');
  await api.ports.objects.put(sentPackageRef(done), Buffer.from('four'));
  expect((await admin<ProblemView>('POST', path(done, '/check'))).body.code).toBe('versionState');
});

it('signs downloads of the cover and the documentation', async () => {
  const id = await add();
  await pass(id, { ...factsOf('nuclei', '1'), card: 8, cover: { type: 'image/png', bytes: 3 } });
  await api.ports.objects.put(coverRef('1'.repeat(64)), Buffer.from('png'));
  await api.ports.objects.put(cardRef('1'.repeat(64)), Buffer.from('# nuclei'));
  const { cover, card } = (await admin<VersionDetail>('GET', path(id))).body;
  expect([cover!.bytes, card!.bytes]).toEqual([3, 8]);
  const [picture, text] = await Promise.all([cover!, card!].map(({ request }) => fetch(request.url)));
  expect([picture!.headers.get('content-type'), await text!.text()]).toEqual(['image/png', '# nuclei']);
});

it('lets everybody see versions, and administrators alone change them', async () => {
  const id = await ready('nuclei', '1');
  expect((await api.call<{ items: VersionView[] }>('GET', '/v1/models/versions')).body.items).toHaveLength(1);
  expect((await api.call<VersionView>('GET', path(id))).status).toBe(200);
  const refused = await Promise.all([
    api.call<ProblemView>('POST', '/v1/models/versions', { body: { bytes: 4 } }),
    ...['/upload', '/check', '/offer', '/retire'].map((action) => api.call<ProblemView>('POST', path(id, action))),
  ]);
  expect(refused.map(({ body }) => body.code)).toEqual(Array(5).fill('adminsOnly'));
});

it('refuses a package that is too large, and a version that is not there', async () => {
  const large = await admin<ProblemView>('POST', '/v1/models/versions', { bytes: 200_000_001 });
  expect([large.status, large.body.code]).toEqual([413, 'packageTooLarge']);
  for (const id of ['none-such', 'A B', 'x'.repeat(500)])
    expect((await admin<ProblemView>('GET', path(encodeURIComponent(id)))).body.code).toBe('versionMissing');
  expect((await admin<ProblemView>('POST', '/v1/models/versions', { bytes: 4, parent: 'none-such' })).body.code).toBe(
    'versionMissing',
  );
});

it('makes one version of a request that is repeated with its key', async () => {
  const make = () =>
    api.call<VersionView>('POST', '/v1/models/versions', {
      as: 'ada',
      body: { bytes: 4 },
      headers: { 'Idempotency-Key': 'k1' },
    });
  const [first, second] = [await make(), await make()];
  expect(second.body.id).toBe(first.body.id);
  expect((await api.ports.models!.all()).versions).toHaveLength(1);
});
