import type { Server, ServerOptions } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { problemView } from '../../../functions/contract/problem-view.ts';
import { httpServer } from '../../../functions/http/server.ts';
import { rawRequest } from '../../support/raw-http.ts';

let server: Server;
let url: string;
const start = async (options?: ServerOptions) => {
  const started = httpServer((_, res) => res.end('ok'), options).listen(0, '127.0.0.1');
  await new Promise((resolve) => started.once('listening', resolve));
  return started;
};
const stop = async (started: Server) => {
  started.closeAllConnections();
  await new Promise((resolve) => started.close(resolve));
};
beforeEach(async () => {
  server = await start();
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => stop(server));

const problemOf = (text: string) => problemView.parse(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))));

it('a head that never ends is answered and its connection closed', async () => {
  const hasty = await start({ headersTimeout: 100, connectionsCheckingInterval: 50 });
  const { port } = hasty.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
  const timer = setInterval(() => socket.write('X-More: x\r\n'), 20);
  socket.on('error', () => {}); // the reset: `close` follows
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  await stop(hasty);
  expect(problemOf(text)).toMatchObject({ status: 408, code: 'requestTimeout' });
});

it.each([
  ['an address of 70 KiB', `GET /${'x'.repeat(70_000)} HTTP/1.1\nHost: x`, 431, 'headTooLarge'],
  ['no HTTP', 'EHLO lab.example', 400, 'notHttp'],
  ['two lengths', 'POST / HTTP/1.1\nHost: x\nContent-Length: 1\nContent-Length: 2', 400, 'notHttp'],
  ['length and chunks', 'POST / HTTP/1.1\nHost: x\nContent-Length: 1\nTransfer-Encoding: chunked', 400, 'notHttp'],
] as const)('%s is a problem', async (_, head, status, code) => {
  const answer = await rawRequest(url, head);
  expect(answer.status).toBe(status);
  expect(problemOf(answer.text)).toMatchObject({ status, code, detail: expect.any(String) });
});

it('an address of the longest path is read', async () => {
  expect((await rawRequest(url, `GET /${'%F0%9F%98%80'.repeat(2048)} HTTP/1.1\nHost: x`)).status).toBe(200);
});
