import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { Failure } from '../../../functions/core/errors.ts';
import type { ObjectRef } from '../../../functions/core/object-keys.ts';
import type { SignedRequest } from '../../../functions/ports/signed-access.ts';
import { type ApiService, type ApiServiceOptions, apiService } from '../../support/api-service.ts';
import { noise } from '../../support/bytes.ts';
import { rawRequest } from '../../support/raw-http.ts';

let api: ApiService;
afterEach(() => api[Symbol.asyncDispose]());
const start = async (options: ApiServiceOptions = {}) => {
  api = await apiService(options);
};

const input: ObjectRef = { bucket: 'inputs', key: 'olga/job-0001/a.tif' };
const signPut = (bytes: number) => api.services.signed.signPut(input, { bytes, expiresSeconds: 60 });
const signGet = () => api.services.signed.signGet(input, { expiresSeconds: 60 });
const send = (request: SignedRequest, body?: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(request.url, {
    method: request.method,
    headers: { ...request.headers, ...headers },
    ...(body !== undefined && { body: new Uint8Array(body) }),
  });
const codeOf = async (response: Response) => [response.status, ((await response.json()) as ProblemView).code];
const nothingStored = async () => {
  for (const bucket of ['inputs', 'uploads'] as const) {
    expect((await api.ports.objects.list(bucket, '')).objects).toEqual([]);
  }
  expect((await api.ports.queue.depth('files')).waiting).toBe(0);
};

describe('a signed PUT', () => {
  it('announces its file once, however often it is sent', async () => {
    await start();
    const request = await signPut(10);
    const replies = await Promise.all([1, 2, 3].map((seed) => send(request, noise(10, seed))));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    expect(await api.ports.queue.depth('files')).toMatchObject({ waiting: 1 });
  });

  it('is refused with the reason where size or signature do not fit', async () => {
    await start();
    const { url } = await signPut(10);
    const path = new URL(url).pathname + new URL(url).search;
    const head = (more: string) => `PUT ${path} HTTP/1.1\nHost: x\nIf-None-Match: *\n${more}`;
    const chunked = await rawRequest(url, head('Transfer-Encoding: chunked'));
    expect([chunked.status, chunked.text.includes('no Content-Length came')]).toEqual([400, true]);
    const larger = await rawRequest(url, head('Content-Length: 1000000000'));
    expect([larger.status, larger.text.includes('1000000000 bytes were announced, 10 are signed')]).toEqual([
      400,
      true,
    ]);
    for (const edit of ['&extra=1', '&bytes=10', '&signature=', '%']) {
      expect(await codeOf(await fetch(url + edit, { method: 'PUT' }))).toEqual([403, 'signatureRefused']);
    }
    const unsigned = url.replace(/&signature=.*/, '');
    expect(await codeOf(await fetch(unsigned, { method: 'PUT' }))).toEqual([403, 'signatureRefused']);
    const guess = createHmac('sha256', 'guess').update(unsigned).digest('base64url');
    expect((await fetch(`${unsigned}&signature=${guess}`, { method: 'PUT' })).status).toBe(403);
    expect(await codeOf(await fetch(url, { method: 'DELETE' }))).toEqual([405, 'methodRefused']);
    await nothingStored();
  });

  it.each([
    '/objects/inputs/olga/job-0001/../../omar/job/a.tif',
    '/objects/inputs/olga/job-0001/%2e%2e/%2e%2e/a.tif',
    '/objects/inputs/..%2f..%2f..%2fetc/passwd',
    '/objects/inputs//etc/passwd',
    '/objects/secrets/olga/a.tif',
    '/objects/inputs',
    '/objects/',
    '/objects/inputs/%ff',
    '/objects/inputs/%00',
    '/objects/../v1/jobs',
  ])('cannot be bent to %s', async (path) => {
    await start();
    const query = new URL((await signPut(0)).url).search;
    for (const method of ['PUT', 'GET', 'HEAD']) {
      const head = `${method} ${path}${query} HTTP/1.1\nHost: x\nContent-Length: 0\nIf-None-Match: *`;
      expect((await rawRequest(api.url, head)).status).toBe(403);
    }
    await nothingStored();
  });

  it('leaves nothing when its sender goes away half-way', async () => {
    let fail: (error: unknown) => void = () => {};
    const failed = new Promise<unknown>((resolve) => {
      fail = resolve;
    });
    await start({
      wrapObjects: (objects) => ({
        ...objects,
        put: (ref, body, conditions) => {
          const put = objects.put(ref, body, conditions);
          put.catch(fail);
          return put;
        },
      }),
    });
    const { url } = await signPut(1_000_000);
    const { hostname, port, pathname, search } = new URL(url);
    const socket = connect(Number(port), hostname);
    const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nContent-Length: 1000000\r\n\r\n`;
    await new Promise((sent) => socket.write(head + 'x'.repeat(100_000), sent));
    socket.destroy();
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
    await nothingStored();
    expect((await send(await signPut(3), noise(3))).status).toBe(200);
    expect(api.troubles).toEqual([]);
  });

  it('is given up when it comes too slowly, and so leaves room for others', async () => {
    await start({ pace: { periodMs: 100, bytes: 1000 } });
    const { url } = await signPut(1_000_000);
    const { pathname, search } = new URL(url);
    const head = `PUT ${pathname}${search} HTTP/1.1\nHost: x\nIf-None-Match: *\nContent-Length: 1000000`;
    let bytes = 0;
    const answer = await rawRequest(url, head, async (write) => {
      for (; await write('x'); bytes++) await new Promise((resolve) => setTimeout(resolve, 10));
    });
    expect([answer.status, answer.text.includes('requestTimeout')]).toEqual([408, true]);
    expect(bytes).toBeLessThan(200); // in this process, as the server is: 10 ms each are 2 s and more
    await nothingStored();
  });

  it('is answered 507 when the disk is full, and can be sent again', async () => {
    let full = true;
    await start({
      wrapObjects: (objects) => ({
        ...objects,
        put: async (ref, body, conditions) => {
          if (!full) return objects.put(ref, body, conditions);
          throw new Failure('noSpace', { where: '/data' });
        },
      }),
    });
    const request = await signPut(100_000);
    expect(await codeOf(await send(request, noise(100_000)))).toEqual([507, 'noSpace']);
    full = false;
    expect((await send(request, noise(100_000))).status).toBe(200);
    expect(api.troubles).toHaveLength(1);
  });

  it('says nothing of a bug of ours but a request id', async () => {
    await start({
      wrapObjects: (objects) => ({ ...objects, head: async () => Promise.reject(new Error('secret path /data/x')) }),
    });
    const response = await send(await signGet());
    const text = await response.text();
    expect([response.status, text.includes('secret')]).toEqual([500, false]);
    expect(api.troubles).toMatchObject([{ message: 'secret path /data/x' }]);
  });
});

describe('a signed GET', () => {
  const body = noise(100);
  const stored = async () => {
    await start();
    await api.ports.objects.put(input, body);
    return signGet();
  };

  it('answers HEAD with the head', async () => {
    const request = await stored();
    const response = await fetch(request.url, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '100']);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
  });

  it('gives the whole object for a range of another version, of many parts or another unit', async () => {
    const request = await stored();
    const etag = (await fetch(request.url, { method: 'HEAD' })).headers.get('etag')!;
    for (const headers of [
      { Range: 'bytes=0-9', 'If-Range': '"other"' },
      { Range: 'bytes=0-9,20-29' },
      { Range: 'lines=0-9' },
      { Range: 'bytes=-' },
      { Range: 'bytes=9-3' },
    ] as Record<string, string>[]) {
      const response = await send(request, undefined, headers);
      expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 100]);
    }
    expect((await send(request, undefined, { Range: 'bytes=0-9', 'If-Range': etag })).status).toBe(206);
  });

  it('is never a page of ours: no type is guessed, no script runs', async () => {
    const { headers } = await send(await stored());
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  });
});
