import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { publicConfig, serviceClient } from '../../../cli/client/service-client.ts';

const { signal } = new AbortController();

/** A service that answers each call by the next of `answers`, the last one for ever. */
async function served(...answers: RequestListener[]) {
  let asked = 0;
  const server = createServer((request, response) => {
    answers[Math.min(asked++, answers.length - 1)]!(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const cutOff: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
  response.write('{"id":', () => response.destroy());
};
const json =
  (body: object): RequestListener =>
  (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
const page: RequestListener = (_request, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<p>a router</p>');

it('asks again where an answer breaks off', async () => {
  await using service = await served(cutOff, json({ status: 'ok', version: '1' }));
  const { call } = serviceClient(service.origin, async () => 'token', signal);
  expect(await call('showHealth')).toEqual({ status: 'ok', version: '1' });
  expect(service.asked()).toBe(2);
});

it('names a service whose answer is not what the contract says', async () => {
  await using service = await served(json({ status: 'ok' }));
  const { call } = serviceClient(service.origin, async () => 'token', signal);
  await expect(call('showHealth')).rejects.toMatchObject({
    code: 'serviceUnreachable',
    advice: { why: expect.stringMatching(/^the answer to showHealth is not .*version: .*; is it another version\?$/) },
  });
  expect(service.asked()).toBe(1);
});

it('names a URL that answers as something else', async () => {
  await using service = await served(page);
  const unreachable = {
    code: 'serviceUnreachable',
    message: `no labdeploy service answers at ${service.origin}`,
    advice: { why: 'it answers with text/html; is it a labdeploy service?' },
  };
  await expect(publicConfig(service.origin, signal)).rejects.toMatchObject(unreachable);
  await expect(
    serviceClient(service.origin, async () => 'token', signal).call('showJob', { params: { id: 'job1' } }),
  ).rejects.toMatchObject(unreachable);
  expect(service.asked()).toBe(2);
});

it('names a URL whose answer breaks off', async () => {
  await using service = await served(cutOff);
  await expect(publicConfig(service.origin, signal)).rejects.toMatchObject({ code: 'serviceUnreachable' });
});
