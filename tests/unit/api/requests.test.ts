import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readBody } from '../../../functions/api/json-body.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { Failure } from '../../../functions/core/errors.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';
import { rawRequest } from '../../support/raw-http.ts';

let api: ApiService;
let id: string;
beforeAll(async () => {
  api = await apiService();
  id = (await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'x' } })).body.id;
});
afterAll(() => api[Symbol.asyncDispose]());

/** Sends a body as it is. */
async function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type = 'application/json',
): Promise<[number, ProblemView]> {
  const response = await fetch(api.url + path, {
    method: 'POST',
    headers: { Authorization: 'Bearer olga', ...(type !== '' && { 'Content-Type': type }) },
    body,
  });
  return [response.status, (await response.json()) as ProblemView];
}

describe('bodies', () => {
  it.each([
    ['{"source":"files"', 'application/json', 400, 'jsonInvalid'],
    ['nonsense', 'application/json', 400, 'jsonInvalid'],
    ['"text"', 'application/json', 400, 'requestInvalid'],
    ['null', 'application/json', 400, 'requestInvalid'],
    ['[]', 'application/json', 400, 'requestInvalid'],
    ['{}', 'text/plain', 415, 'bodyNotJson'],
    ['{}', '', 415, 'bodyNotJson'],
    ['{}', 'application/json; charset=latin1', 415, 'bodyNotJson'],
    ['{}', 'application/jsonp', 415, 'bodyNotJson'],
    ['{}', 'application/json; charset="UTF-8"', 400, 'requestInvalid'],
  ] as const)('%s as %j is answered %i %s', async (body, type, status, code) => {
    const bytes = new Uint8Array(Buffer.from(body)); // no type of its own
    const [answered, problem] = await post('/v1/jobs', bytes, type);
    expect([answered, problem.code]).toEqual([status, code]);
  });

  it('that are compressed are not unpacked', async () => {
    const headers = { Authorization: 'Bearer olga', 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const body = new Uint8Array(gzipSync('{"source":"files","name":"x"}'));
    const response = await fetch(`${api.url}/v1/jobs`, { method: 'POST', headers, body });
    expect([response.status, ((await response.json()) as ProblemView).code]).toEqual([415, 'bodyNotJson']);
  });

  it('that are not UTF-8 are no JSON', async () => {
    const [status, problem] = await post('/v1/jobs', new Uint8Array(Buffer.from('{"name":"Größe"}', 'latin1')));
    expect([status, problem.code]).toEqual([400, 'jsonInvalid']);
  });

  it('that do not come in time are given up', async () => {
    const body = new PassThrough();
    body.write('{');
    const request = Object.assign(body, {
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    const read = readBody(request as unknown as IncomingMessage, 50);
    await expect(read).rejects.toMatchObject({ code: 'requestTimeout', status: 408 });
    expect(body.destroyed).toBe(false); // the answer goes out on the same connection
  });

  it('name each field that is wrong', async () => {
    const files = [
      { path: 'a.tif', bytes: -1 },
      { path: '', bytes: 1.5, more: true },
    ];
    const { status, body } = await api.call<ProblemView>('POST', `/v1/jobs/${id}/uploads`, { body: { files } });
    expect(status).toBe(400);
    expect(body.errors?.map(({ at }) => at).sort()).toEqual([
      'body.files.0.bytes',
      'body.files.1',
      'body.files.1.bytes',
      'body.files.1.path',
    ]);
    expect(body.detail).toContain(body.errors![0]!.at);
  });

  it.each([
    ['createJob', '/v1/jobs', {}],
    ['a name of control characters', '/v1/jobs', { source: 'files', name: 'a\u0007' }],
    ['half a character', '/v1/jobs', { source: 'files', name: '\ud800' }],
    ['a name too long', '/v1/jobs', { source: 'files', name: 'x'.repeat(201) }],
    ['a zip without size', '/v1/jobs', { source: 'zip', name: 'x' }],
    ['a field that is not known', '/v1/jobs', { source: 'files', name: 'x', colour: 'red' }],
    ['a channel that is none', '/v1/jobs', { source: 'files', name: 'x', channel: -1 }],
    ['no files', `/v1/jobs/JOB/uploads`, { files: [] }],
    ['too many files', `/v1/jobs/JOB/uploads`, { files: Array(501).fill({ path: 'a', bytes: 1 }) }],
    ['part 0', `/v1/jobs/JOB/uploads/parts`, { path: 'a', uploadId: 'x', parts: [0] }],
    ['a part too far', `/v1/jobs/JOB/uploads/parts`, { path: 'a', uploadId: 'x', parts: [10_001] }],
    ['an unknown wish', `/v1/jobs/JOB/submit`, { missing: 'ignore' }],
  ])('with %s are refused', async (_, path, body) => {
    const { status, body: problem } = await api.call<ProblemView>('POST', path.replace('JOB', id), { body });
    expect([status, problem.code]).toEqual([400, 'requestInvalid']);
  });
});

describe('paths, queries and methods', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'routeUnknown'],
    ['GET', '/', 404, 'routeUnknown'],
    ['GET', '/V1/jobs', 404, 'routeUnknown'],
    ['GET', '/v1/jobs/', 404, 'routeUnknown'],
    ['GET', '/v1/jobs/%2e%2e%2fme', 404, 'jobMissing'],
    ['GET', '/v1/jobs/%ff', 400, 'requestInvalid'],
    ['GET', `/v1/jobs/${'x'.repeat(1000)}`, 404, 'jobMissing'],
    ['GET', '/v1/jobs/__proto__', 404, 'jobMissing'],
    ['PUT', '/v1/jobs', 405, 'methodRefused'],
    ['PUT', '/v1/jobs/JOB', 405, 'methodRefused'],
    ['DELETE', '/v1/models', 405, 'methodRefused'],
    ['POST', '/openapi.json', 405, 'methodRefused'],
    ['GET', '/v1/jobs?limit=0', 400, 'requestInvalid'],
    ['GET', '/v1/jobs?limit=101', 400, 'requestInvalid'],
    ['GET', '/v1/jobs?limit=ten', 400, 'requestInvalid'],
    ['GET', '/v1/jobs?limit=1&limit=2', 400, 'requestInvalid'],
    ['GET', '/v1/jobs?cursor=nonsense', 400, 'cursorRefused'],
    ['GET', '/v1/jobs?cursor=', 400, 'requestInvalid'],
    ['GET', '/v1/jobs/JOB/files?state=gone', 400, 'requestInvalid'],
    ['GET', '/v1/jobs/JOB/files?cursor=WzFd', 400, 'cursorRefused'],
    ['GET', '/v1/jobs/JOB/uploads/parts', 400, 'requestInvalid'],
  ])('%s %s is answered %i %s', async (method, path, status, code) => {
    const { status: answered, body } = await api.call<ProblemView>(method, path.replace('JOB', id));
    expect([answered, body.code]).toEqual([status, code]);
  });

  it('say which methods there are', async () => {
    const { headers, body } = await api.call<ProblemView>('PUT', '/v1/jobs');
    expect([headers.get('allow'), body.detail]).toEqual(['POST, GET, HEAD', 'PUT is not one of POST, GET, HEAD']);
  });

  it('answer HEAD as GET, without a body', async () => {
    const head = await fetch(`${api.url}/v1/jobs/${id}`, { method: 'HEAD', headers: { Authorization: 'Bearer olga' } });
    const get = await api.call('GET', `/v1/jobs/${id}`);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, get.headers.get('content-length')]);
    expect(await head.text()).toBe('');
  });
});

describe('request ids', () => {
  it('are taken from the caller where they are plain, and are in answer, problem and log', async () => {
    const given = await api.call<ProblemView>('GET', '/v1/none', { headers: { 'X-Request-Id': 'trace-0815.a' } });
    expect(given.headers.get('x-request-id')).toBe('trace-0815.a');
    expect(given.body).toMatchObject({ requestId: 'trace-0815.a', instance: '/v1/none' });
    const odd = await api.call('GET', '/healthz', { headers: { 'X-Request-Id': 'a b<script>' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^id-\d{8}$/);
    const line = api.log.find(({ requestId }) => requestId === 'trace-0815.a');
    expect(line).toEqual({
      requestId: 'trace-0815.a',
      method: 'GET',
      path: '/v1/none',
      status: 404,
      milliseconds: expect.any(Number),
    });
    expect(api.log.filter(({ owner }) => owner !== undefined && owner !== 'olga')).toEqual([]);
  });
});

describe('senders that mean harm', () => {
  const head = (extra: string) =>
    `POST /v1/jobs HTTP/1.1\nHost: x\nAuthorization: Bearer olga\nContent-Type: application/json\n${extra}`;

  it('of a gigabyte of JSON are refused at once, and read no further than needed', async () => {
    let sent = 0;
    const spaces = Buffer.alloc(1 << 20, 0x20);
    const announced = await rawRequest(api.url, head('Content-Length: 1000000000'), async (send) => {
      while (sent < 1e9 && (await send(spaces))) sent += spaces.length;
    });
    expect([announced.status, announced.text.includes('bodyTooLarge')]).toEqual([413, true]);
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), spaces, Buffer.from('\r\n')]);
    const chunked = await rawRequest(api.url, head('Transfer-Encoding: chunked'), async (send) => {
      while (sent < 2e9 && (await send(chunk))) sent += spaces.length;
    });
    expect(chunked.status).toBe(413);
    expect(sent).toBeLessThan(100e6);
    expect((await api.call('GET', '/healthz')).status).toBe(200);
  });

  it('without a token are refused before their body is read', async () => {
    const answer = await rawRequest(api.url, 'POST /v1/jobs HTTP/1.1\nHost: x\nContent-Length: 900000');
    expect(answer.status).toBe(401);
  });

  it('of a body that never ends lose the connection soon after the answer', async () => {
    const { status, drops } = await drip(`${api.url}/v1/none`, 'POST');
    expect(status).toBe(404);
    expect(drops).toBeLessThan(80); // one each 50 ms, and 2 s to read the answer
  });
});

/** Sends a byte of an endless body each 50 ms until the server, which is in this process, has enough. */
async function drip(url: string, method: string): Promise<{ status: number; drops: number }> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {}); // the server's reset: `close` follows
  socket.write(`${method} ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n`);
  let drops = 0;
  const timer = setInterval(() => {
    drops++;
    socket.write('x');
  }, 50);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return { status: Number(text.slice(9, 12)), drops };
}

describe('trouble of ours', () => {
  it('is a problem that says nothing but the request id, and is logged whole', async () => {
    const broken = await apiService();
    broken.ports.jobs.list = async () => {
      throw new Error('SELECT secret FROM table');
    };
    const { status, body } = await broken.call<ProblemView>('GET', '/v1/jobs');
    expect([status, body.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(broken.log.at(-1)).toMatchObject({ requestId: body.requestId, status: 500, error: expect.any(Error) });
    broken.ports.jobs.running = async () => {
      throw new Failure('noSpace', { where: '/data' });
    };
    const full = await broken.call<ProblemView>('GET', '/v1/me');
    expect([full.status, full.body.code]).toEqual([507, 'noSpace']);
    const ill = await broken.call<ProblemView>('GET', '/healthz');
    expect([ill.status, ill.body.code]).toEqual([503, 'unavailable']);
    await broken[Symbol.asyncDispose]();
  });
});
