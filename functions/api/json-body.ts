import type { IncomingMessage } from 'node:http';
import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import { pacedBody } from '../http/paced-body.ts';

/** A body of at most a megabyte takes no longer, or its sender is holding the connection. */
const bodyMs = 30_000;

/** JSON is UTF-8 (RFC 8259). */
const jsonType = /^application\/(?:[\w.-]+\+)?json *(?:; *charset="?utf-8"? *)?$/i;

/**
 * The bytes of a body of JSON; `undefined` where there is none. Throws problems: too large (as soon as that is known), not
 * said to be JSON, too slow. Our own because body-parser reads a body that is too large to its end before it says so.
 */
export async function readBody(req: IncomingMessage, waitMs = bodyMs): Promise<Buffer | undefined> {
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced === 0 && req.headers['transfer-encoding'] === undefined) return undefined;
  if (announced > apiLimits.bodyBytes) throw tooLarge();
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' || !jsonType.test(req.headers['content-type'] ?? ''))
    throw new Problem('bodyNotJson', {});
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of pacedBody(req, Infinity, { periodMs: waitMs, bytes: Infinity })) {
    bytes += chunk.length;
    if (bytes > apiLimits.bodyBytes) throw tooLarge();
    chunks.push(Uint8Array.from(chunk)); // its memory is used again
  }
  return Buffer.concat(chunks);
}

/** The body as JSON; `undefined` where there is none. Throws the problems of `readBody` and `parseJson`. */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  const body = await readBody(req);
  return body && parseJson(body);
}

/** Throws the problem `jsonInvalid`. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new Problem('jsonInvalid', { why: (error as Error).message.slice(0, 200) }, { cause: error });
  }
}

const tooLarge = () => new Problem('bodyTooLarge', { limit: apiLimits.bodyBytes });
