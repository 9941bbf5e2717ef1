import express, { type Request, type Response } from 'express';
import { apiLimits } from '../core/contract.ts';
import { Problem } from '../core/problems.ts';

const parse = express.json({ limit: apiLimits.bodyBytes, strict: false, type: () => true });
/** A body of at most a megabyte takes no longer, or its sender is holding the connection. */
const bodyMs = 30_000;

const isJson = (type: string | undefined): boolean => /^application\/(?:[\w.-]+\+)?json(?: *;|$)/i.test(type ?? '');

const hasBody = (req: Request): boolean =>
  req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;

/** The body as JSON; `undefined` where there is none. Throws problems: too large (as soon as that is known), not JSON, too slow. */
export async function readJson(req: Request, res: Response, waitMs = bodyMs): Promise<unknown> {
  if (!hasBody(req)) return undefined;
  if (Number(req.headers['content-length'] ?? 0) > apiLimits.bodyBytes) throw tooLarge();
  if (!isJson(req.headers['content-type'])) throw new Problem('bodyNotJson', []);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Problem('requestTimeout', [])), waitMs);
    parse(req, res, (error?: unknown) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(problemOf(error as { type?: string; message?: string }));
    });
  });
  return req.body;
}

const tooLarge = () => new Problem('bodyTooLarge', [String(apiLimits.bodyBytes)]);

/** `type` is body-parser's word for what went wrong. */
function problemOf(error: { type?: string; message?: string }): unknown {
  if (error.type === 'entity.too.large') return tooLarge();
  if (error.type === 'encoding.unsupported' || error.type === 'charset.unsupported') {
    return new Problem('bodyNotJson', [], { cause: error });
  }
  if (error.type === 'entity.parse.failed' || error.type === 'request.size.invalid') {
    return new Problem('jsonInvalid', [(error.message ?? '').slice(0, 200)], { cause: error });
  }
  return error;
}
