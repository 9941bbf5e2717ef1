import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a request to pages that anybody may ask for can be. */
export interface RequestBounds {
  /** Of path and query, in characters. */
  addressLength: number;
  /** Of the body. */
  bytes: number;
  /** Until the whole body has come. */
  wholeWithinMs: number;
}

/** Why a request is refused before anything reads it; undefined where it may go on. */
export function outOfBounds(
  req: IncomingMessage,
  { addressLength, bytes }: RequestBounds,
): 411 | 413 | 414 | undefined {
  if ((req.url ?? '').length > addressLength) return 414;
  if (req.headers['transfer-encoding'] !== undefined) return 411; // its length would be known too late
  return Number(req.headers['content-length'] ?? 0) > bytes ? 413 : undefined;
}

/**
 * Ends the connection of a request whose body has not come in time, with 408 where no answer has begun: else a sender of
 * nothing holds it for ever, since uploads, which may take long, forbid one limit for the whole server.
 */
export function requireWhole(req: IncomingMessage, res: ServerResponse, { wholeWithinMs }: RequestBounds): void {
  const timer = setTimeout(() => {
    if (req.complete) return;
    if (res.headersSent) return void req.socket.destroy();
    res.writeHead(408, { Connection: 'close', 'Content-Type': 'text/plain; charset=utf-8' });
    res.end('the request did not arrive in time; send it again\n', () => req.socket.destroy());
  }, wholeWithinMs);
  res.once('close', () => clearTimeout(timer));
}
