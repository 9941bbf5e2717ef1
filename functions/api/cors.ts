import type { NextFunction, Request, Response } from 'express';
import { allowCrossOrigin } from '../http/cross-origin.ts';

/** Lets the pages of these origins call from a browser, and no other; a preflight is answered here. */
export function allowOrigins(origins: readonly string[]) {
  const rules = {
    origins,
    exposed: 'X-Request-Id, Retry-After, Idempotency-Replayed',
    methods: 'GET, POST, PATCH, DELETE',
    headers: 'Authorization, Content-Type, Idempotency-Key, X-Request-Id',
  };
  return (req: Request, res: Response, next: NextFunction): void => {
    res.vary('Origin');
    allowCrossOrigin(req, res, rules);
    const preflight = req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
    if (preflight) return void res.status(204).end();
    next();
  };
}
