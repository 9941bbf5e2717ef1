import type { IncomingMessage } from 'node:http';

const loopback = /^(::ffff:)?127\.|^::1$/;
const loopbackHost = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/**
 * Network address of who asks. Behind a proxy on this machine every connection is the proxy's; then the address that it
 * adds last to X-Forwarded-For counts, which no client can choose. `host`: of the service's public URL. A service that is
 * itself reached as 127.0.0.1 has no proxy, and a peer elsewhere may write what it likes.
 */
export function clientAddress(req: IncomingMessage, host: string): string {
  const peer = req.socket.remoteAddress ?? '';
  if (!loopback.test(peer) || loopbackHost.test(host)) return peer;
  const forwarded = [req.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1)?.trim();
  return forwarded || peer;
}
