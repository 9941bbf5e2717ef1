import type { NextFunction, Request, Response } from 'express';

/** Lets the pages of these origins call from a browser, and no other; a preflight is answered here. No cookies are used. */
export function allowOrigins(origins: readonly string[]) {
  return (req: Request, res: Response, next: NextFunction): void => {
    res.vary('Origin');
    const { origin } = req.headers;
    const preflight = req.method === 'OPTIONS';
    if (origin !== undefined && origins.includes(origin)) {
      res.setHeader('Access-Control-Allow-Origin', origin);
      res.setHeader('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, Idempotency-Replayed');
      if (preflight) {
        res.setHeader('Access-Control-Allow-Methods', 'GET, POST, DELETE');
        res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Idempotency-Key, X-Request-Id');
        res.setHeader('Access-Control-Max-Age', '600');
      }
    }
    if (preflight && req.headers['access-control-request-method'] !== undefined) return void res.status(204).end();
    next();
  };
}
