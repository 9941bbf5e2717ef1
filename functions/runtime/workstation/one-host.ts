import type { RequestHandler } from 'express';

/**
 * Lets in requests for the service's own host only: browsers that come by another name (localhost for 127.0.0.1) are
 * sent to the right one, where their cookies and sign-in are; others, among them a page that had its own name point
 * here (DNS rebinding), get 421.
 */
export function oneHost(origin: string): RequestHandler {
  const { host } = new URL(origin);
  return (req, res, next) => {
    const [named, another] = req.headersDistinct.host ?? []; // two mean different ones to different readers
    if (named === host && another === undefined) return next();
    const page = (req.method === 'GET' || req.method === 'HEAD') && req.accepts(['json', 'html']) === 'html';
    if (page) return res.redirect(308, origin + req.originalUrl);
    res.status(421).type('text/plain').send(`This service is at ${origin}\n`);
  };
}
