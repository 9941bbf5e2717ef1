import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { startPictureContainer } from '../../functions/runtime/picture-container.ts';
import { type LoopbackCertificate, loopbackCertificate } from './loopback-certificate.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface ContainersByHttps extends AsyncDisposable {
  /** By the names given. */
  addresses: Record<string, string>;
  /** Of the server; its authority is what a client must trust. */
  certificate: LoopbackCertificate;
  /** Requests so far: which container was asked, and the names of what it was sent. */
  asked: [container: string, keys: string][];
}

/** Containers of folders as a lab offers them to a stack: by https, behind a path that only the stack knows. */
export async function containersByHttps(folders: Readonly<Record<string, string>>): Promise<ContainersByHttps> {
  await using made = new AsyncDisposableStack();
  const folder = made.use(await temporaryFolder());
  const certificate = await loopbackCertificate(folder.path);
  const running = new Map<string, string>();
  for (const [name, where] of Object.entries(folders))
    running.set(name, made.use(await startPictureContainer(where)).url);

  const asked: ContainersByHttps['asked'] = [];
  const server = createServer(certificate, async (incoming, response) => {
    const [, name = '', route = ''] = /^\/secret-([a-z]+)(\/.*)$/.exec(incoming.url ?? '') ?? [];
    const behind = running.get(name);
    if (behind === undefined) return void response.writeHead(403).end();
    const body = Buffer.concat(await incoming.toArray());
    asked.push([name, Object.keys(JSON.parse(body.toString())).join()]);
    const { 'content-type': type = '' } = incoming.headers;
    const onward = request(behind + route, {
      method: incoming.method ?? 'GET',
      headers: { 'Content-Type': type, 'Content-Length': body.length },
    });
    onward.once('error', (error) => response.destroy(error));
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      pipeline(answer, response).catch(() => response.destroy()); // whoever asked has left
    });
    onward.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  made.defer(() => new Promise<void>((closed) => server.close(() => closed())));
  made.defer(() => server.closeAllConnections());
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rest = made.move();
  return {
    addresses: Object.fromEntries([...running.keys()].map((name) => [name, `${origin}/secret-${name}`])),
    certificate,
    asked,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}
