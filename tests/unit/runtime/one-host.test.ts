import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import express from 'express';
import { httpServer } from '../../../functions/http/server.ts';
import { oneHost } from '../../../functions/runtime/workstation/one-host.ts';
import { rawRequest } from '../../support/raw-http.ts';

const app = express();
app.use(oneHost('http://lab:80'));
app.use((_, res) => void res.send('here'));
const server = httpServer(app);
let url: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await once(server.close(), 'close');
});

it.each([
  ['its own name', 'Host: lab', 200],
  ['another', 'Host: evil.example', 421],
  ['its own and another', 'Host: lab\nHost: evil.example', 421],
  ['none', 'X-Host: lab', 400],
])('a request for the host that goes by %s', async (_, headers, status) => {
  expect((await rawRequest(url, `GET /v1/config HTTP/1.1\n${headers}\nAccept: application/json`)).status).toBe(status);
});
