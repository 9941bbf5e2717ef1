import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { JobView } from '../../functions/contract/jobs.ts';
import type { ProblemView } from '../../functions/contract/problem-view.ts';
import type { UploadAnswer, UploadAnswers } from '../../functions/contract/uploads.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { rawRequest } from '../support/raw-http.ts';
import { serviceToken } from '../support/service-token.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

/** The service as it is started, with all that stands before the parts that are tested by themselves. */
let folder: TemporaryFolder;
let service: RunningService;
let token: string;
let id: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  service = await startService(['--data', join(folder.path, 'data'), '--workers', '1', '--disk-budget', '1GB']);
  token = await serviceToken(service.origin, service.url);
  id = (await call<JobView>('POST', '/v1/jobs', { source: 'files', name: 'plate' })).body.id;
}, 60_000);
afterAll(async () => {
  await service.stop();
  await folder[Symbol.asyncDispose]();
});

async function call<T>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T & ProblemView }> {
  const answer = await fetch(service.origin + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T & ProblemView };
}

async function sign(path: string, bytes: number): Promise<UploadAnswer> {
  const { body } = await call<UploadAnswers>('POST', `/v1/jobs/${id}/uploads`, { files: [{ path, bytes }] });
  if (body.files === undefined) throw new Error(JSON.stringify(body));
  return body.files[0]!;
}

async function put(answer: UploadAnswer, body: string, edit = (url: string) => url): Promise<[number, string]> {
  if (answer.state !== 'put') throw new Error(JSON.stringify(answer));
  const { url, method, headers } = answer.request;
  const response = await fetch(edit(url), { method, headers, body });
  const text = await response.text();
  return [response.status, text === '' ? 'stored' : (JSON.parse(text) as ProblemView).code];
}

/** Files that came in whole. */
const arrived = async () => {
  const files = await call<UploadAnswers>('POST', `/v1/jobs/${id}/uploads`, {
    files: ['sized.tif', 'once.tif', 'edited.tif'].map((path) => ({ path, bytes: 5 })),
  });
  return files.body.files.filter(({ state }) => state === 'present').map(({ path }) => path);
};

it('is answered by a clear 4xx, stores nothing and leaves the service well', async () => {
  const sized = await sign('sized.tif', 5);
  expect(await put(sized, 'four')).toEqual([400, 'lengthWrong']);
  const edited = await sign('edited.tif', 5);
  expect(await put(edited, 'bytes', (url) => url.replace('edited.tif', 'other.tif'))).toEqual([
    403,
    'signatureRefused',
  ]);
  expect(await put(edited, 'four', (url) => url.replace('bytes=5', 'bytes=4'))).toEqual([403, 'signatureRefused']);
  expect(await arrived()).toEqual([]);
  const once = await sign('once.tif', 5);
  expect([await put(once, 'first'), await put(once, 'other')]).toEqual([
    [200, 'stored'],
    [412, 'objectPresent'],
  ]);

  for (const path of ['../../etc/cron.tif', '/abs.tif', 'C:/x.tif', 'a/../b.tif', 'a\u0000.tif', 'a\u202egpj.tif'])
    expect(await sign(path, 5)).toMatchObject({ state: 'refused', code: 'pathRefused' });
  expect(await sign('enormous.tif', 5e12)).toMatchObject({ state: 'refused', code: 'fileTooLarge' });
  const files = [{ path: 'large.tif', bytes: 2e9 }];
  expect(await call('POST', `/v1/jobs/${id}/uploads`, { files })).toMatchObject({
    status: 507,
    body: { code: 'noRoom', limit: 1e9 },
  });
  const none = await call('POST', `/v1/jobs/${id}/uploads/complete`, {
    path: 'sized.tif',
    uploadId: '0'.repeat(32),
    parts: [{ part: 1, etag: 'x' }],
  });
  expect([none.status, none.body.code]).toEqual([404, 'uploadMissing']);

  const head = `Host: ${new URL(service.origin).host}\nAuthorization: Bearer ${token}\nContent-Type: application/json`;
  const gigabyte = await rawRequest(service.origin, `POST /v1/jobs HTTP/1.1\n${head}\nContent-Length: 1000000000`);
  expect(gigabyte.status).toBe(413);
  const { hostname, port } = new URL(service.origin);
  const slow = Array.from({ length: 200 }, () => connect(Number(port), hostname).on('error', () => {}));
  for (const socket of slow) socket.write('GET /v1/jobs HTTP/1.1\r\nX-Slow: '); // and nothing more
  expect(await arrived()).toEqual(['once.tif']);
  expect((await fetch(`${service.origin}/healthz`)).status).toBe(200);
  expect(service.child.exitCode).toBeNull();
  for (const socket of slow) socket.destroy();
}, 60_000);
