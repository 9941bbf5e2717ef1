import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Problem, problemBody } from '../contract/problems.ts';
import { endUnread } from './end-unread.ts';

/** Sends application/problem+json. Where an answer has begun already, or the client has gone, the connection ends. */
export function answerProblem(
  problem: Problem,
  req: IncomingMessage,
  res: ServerResponse,
  request: { instance: string; requestId: string },
): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const body = JSON.stringify(problemBody(problem, request));
  for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value);
  res.statusCode = problem.status;
  res.setHeader('Content-Type', 'application/problem+json');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.setHeader('X-Request-Id', request.requestId);
  res.end(req.method === 'HEAD' ? undefined : body);
  endUnread(req);
}
