import type { IncomingMessage, ServerResponse } from 'node:http';

/** The rest of a body is thrown away for so long, so that its sender can read the answer before the connection ends. */
const lingerMs = 2000;

/** Ends the connection of a request that has been answered and whose body has not come whole: else it is held for ever. */
export function endUnread(req: IncomingMessage, waitMs = lingerMs): void {
  if (req.complete) return;
  req.resume();
  setTimeout(() => req.destroy(), waitMs).unref();
}

/** The same for whatever answer is going to be given. */
export function endUnreadOnceAnswered(req: IncomingMessage, res: ServerResponse, waitMs = lingerMs): void {
  res.once('finish', () => endUnread(req, waitMs));
}
