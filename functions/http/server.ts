import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, problemBody } from '../contract/problems.ts';
import { endUnreadOnceAnswered } from './end-unread.ts';

/**
 * A server that slow clients cannot hold: the head of a request must come in 15 s. Bodies have limits of their own
 * (api/read-json, http/paced-body), because an upload may rightly take long.
 */
export const serverOptions = {
  headersTimeout: 15_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
  /** The longest path of a file, percent-encoded, is 24 KiB. */
  maxHeaderSize: 64 << 10,
} as const;

/** Answers also what is no request, as a problem, and waits for no body that nobody reads. */
export const httpServer = (listener: RequestListener, options: ServerOptions = {}): Server =>
  guarded(createServer({ ...serverOptions, ...options }, listener));

/** The same of a server that is made elsewhere (TLS). */
export const guarded = <S extends Server>(server: S): S =>
  server.on('clientError', refuseConnection).on('request', (req, res) => endUnreadOnceAnswered(req, res));

function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = problemOf(error.code);
  const requestId = randomUUID();
  const body = JSON.stringify(problemBody(problem, { instance: '', requestId }));
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.code}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${requestId}\r\n\r\n${body}`,
  );
}

/** `code`: of Node's parser. */
function problemOf(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headTooLarge', {});
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('requestTimeout', {});
  return new Problem('notHttp', {});
}
