import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { LoopbackCertificate } from './loopback-certificate.ts';

export interface HttpsFront extends AsyncDisposable {
  readonly url: string;
  /** Hands requests on to this origin of plain HTTP; before, they are answered with 503. */
  serve(origin: string): void;
}

/** Speaks https before a server that does not, and says so in `X-Forwarded-Proto`. */
export async function httpsFront(certificate: LoopbackCertificate): Promise<HttpsFront> {
  let behind: string | undefined;
  const server = createServer(certificate, (incoming, response) => {
    if (behind === undefined) return void response.writeHead(503).end();
    const { method = 'GET', url = '/', headers } = incoming;
    const onward = request(behind + url, { method, headers: { ...headers, 'x-forwarded-proto': 'https' } });
    onward.once('error', (error) => response.destroy(error));
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      pipeline(answer, response).catch(() => response.destroy()); // whoever asked has left
    });
    pipeline(incoming, onward).catch(() => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(origin) {
      behind = origin;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
