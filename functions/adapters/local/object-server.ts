import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../../contract/problems.ts';
import { attachment } from '../../core/content-disposition.ts';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import { answerProblem } from '../../http/answer-problem.ts';
import { allowCrossOrigin } from '../../http/cross-origin.ts';
import { type Pace, pacedBody } from '../../http/paced-body.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectHead, ObjectStore, PutConditions } from '../../ports/object-store.ts';
import { checksumHeader, checksumText } from '../../ports/signed-access.ts';
import { type Grant, readGrant } from './signature.ts';
import { etagOf, isUnfinished, partRef } from './signed-access.ts';

export interface ObjectServerOptions {
  /** Notified of what arrives, as for localSignedAccess. */
  objects: ObjectStore;
  secret: Buffer;
  clock: Clock;
  /** Pages that may use signed URLs from a browser, as in the header Origin. */
  origins: readonly string[];
  /** Is what a signed URL stores still wanted? The URL of a job that was deleted since is good for nothing. Default: yes. */
  isWanted?(ref: ObjectRef): Promise<boolean>;
  /** A request that is slower is given up. Default: 30 kB in 30 s. */
  pace?: Pace;
  newId(): string;
  /** A request that failed by our fault. */
  onTrouble(trouble: { requestId: string; instance: string; error: unknown }): void;
}

const usualPace: Pace = { periodMs: 30_000, bytes: 30_000 };

/**
 * Answers signed URLs of localSignedAccess as S3 would: PUT of objects and of parts, GET with ranges, HEAD, CORS. Mount it
 * where `base` says; it reads `req.url` from there. It knows no users: whoever has a URL may do what the URL says.
 */
export function objectServer(options: ObjectServerOptions) {
  const { objects, secret, clock, origins, pace = usualPace, newId, onTrouble, isWanted } = options;

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (req.method === 'OPTIONS') return void res.writeHead(204).end();
    if (!['GET', 'HEAD', 'PUT'].includes(req.method ?? '')) {
      const allowed = 'GET, HEAD, PUT';
      throw new Problem('methodRefused', { method: req.method ?? '', allowed }, { headers: { Allow: allowed } });
    }
    const grant = readGrant(req.method ?? '', req.url ?? '', secret, clock.now());
    if (grant.method === 'GET') await send(grant, req, res);
    else await receive(grant, req, res);
  };

  const receive = async (grant: Grant, req: IncomingMessage, res: ServerResponse) => {
    const { ref, upload, part } = grant;
    const conditions = conditionsOf(grant, req.headers);
    if (isWanted !== undefined && !(await isWanted(ref))) throw new Problem('objectMissing', {});
    if (conditions.absent === true && req.headers['if-none-match'] !== '*') {
      throw new Problem('signatureRefused', { why: 'the header If-None-Match: * is missing' });
    }
    const isPart = upload !== undefined && part !== undefined;
    if (isPart && !(await isUnfinished(objects, ref, upload))) {
      throw new Problem('uploadMissing', { path: ref.key.split('/').slice(2).join('/') });
    }
    const target = isPart ? partRef(ref, upload, part) : ref;
    const head = await objects.put(target, pacedBody(req, conditions.bytes, pace), conditions);
    res.writeHead(200, { ETag: etagOf(head), 'Content-Length': 0 }).end();
  };

  const send = async ({ ref, name, type }: Grant, req: IncomingMessage, res: ServerResponse) => {
    const head = await objects.head(ref);
    if (head === undefined) throw new Problem('objectMissing', {});
    const range = readRange(req.headers, head);
    res.setHeader('Content-Type', type ?? 'application/octet-stream');
    if (name !== undefined) res.setHeader('Content-Disposition', attachment(name));
    res.setHeader('ETag', etagOf(head));
    res.setHeader('Last-Modified', new Date(head.modifiedAt).toUTCString());
    res.setHeader('Accept-Ranges', 'bytes');
    res.setHeader('Cache-Control', 'private, no-cache');
    const { start, end } = range ?? { start: 0, end: head.bytes };
    res.setHeader('Content-Length', end - start);
    if (range !== undefined) res.setHeader('Content-Range', `bytes ${start}-${end - 1}/${head.bytes}`);
    res.statusCode = range === undefined ? 200 : 206;
    if (req.method === 'HEAD') return void res.end();
    const body = await objects.get(ref, { start, end });
    res.setTimeout(pace.periodMs, () => res.destroy()); // the reader took nothing for so long
    await pipeline(body, res);
  };

  const refuse = (error: unknown, req: IncomingMessage, res: ServerResponse) => {
    const request = { requestId: newId(), instance: (req.url ?? '').split('?')[0]! }; // the query is a secret
    const problem = problemOf(error);
    if (problem.status >= 500 && !res.destroyed) onTrouble({ ...request, error });
    res.removeHeader('Content-Disposition');
    answerProblem(problem, req, res, request);
  };

  const rules = {
    origins,
    exposed: 'ETag, Content-Range, Accept-Ranges, Content-Length, X-Request-Id',
    methods: 'GET, HEAD, PUT',
    headers: `Content-Type, If-None-Match, Range, ${checksumHeader}`,
  };
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    // What users send is never a page of ours.
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
    res.setHeader('Cross-Origin-Resource-Policy', 'same-site');
    res.setHeader('Vary', 'Origin');
    allowCrossOrigin(req, res, rules);
    try {
      await answer(req, res);
    } catch (error) {
      refuse(error, req, res);
    }
  };
}

/** One range, as in RFC 9110, section 14; several, or another unit, are answered with the whole object, as S3 does. */
function readRange(headers: IncomingMessage['headers'], head: ObjectHead): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (headers['if-range'] !== undefined && headers['if-range'] !== etagOf(head)) return undefined;
  const start = from === '' ? Math.max(0, head.bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? head.bytes : Math.min(Number(to) + 1, head.bytes);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= end) {
    throw new Problem('rangeWrong', { bytes: head.bytes }, { headers: { 'Content-Range': `bytes */${head.bytes}` } });
  }
  return { start, end };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Failure) {
    if (error.code === 'objectCorrupt') return new Problem('bytesWrong', { what: error.advice.why }, { cause: error });
    if (error.code === 'objectPresent') return new Problem('objectPresent', {}, { cause: error });
    if (error.code === 'objectMissing') return new Problem('objectMissing', {}, { cause: error });
    if (error.code === 'noSpace') return new Problem('noSpace', {}, { cause: error });
    if (error.code === 'storeUnwritable') return new Problem('unwritable', {}, { cause: error });
  }
  return new Problem('internal', {}, { cause: error });
}

/** What a PUT must hold to: parts, and uploads whose size is not signed, replace what is there. */
function conditionsOf(
  { bytes: signedBytes, most, crc32, upload, part }: Grant,
  headers: IncomingMessage['headers'],
): PutConditions & { bytes: number } {
  const isPart = upload !== undefined && part !== undefined;
  const bytes = most === undefined ? announcedBytes(headers, signedBytes, crc32) : openBytes(headers, most);
  const replaces = isPart || most !== undefined;
  return { bytes, ...(crc32 !== undefined && { crc32 }), ...(!replaces && { absent: true as const }) };
}

/** Of a PUT whose size is not signed. */
function openBytes(headers: IncomingMessage['headers'], most: number): number {
  const length = headers['content-length'];
  if (length === undefined) throw new Problem('lengthWrong', { what: 'no Content-Length came' });
  if (Number(length) > most)
    throw new Problem('lengthWrong', { what: `${length} bytes were announced, ${most} are the most` });
  return Number(length);
}

/** Throws a problem where a PUT announces another length or checksum than the signed ones. */
function announcedBytes(
  headers: IncomingMessage['headers'],
  signedBytes: number | undefined,
  crc32: number | undefined,
): number {
  const length = headers['content-length'];
  if (length === undefined) throw new Problem('lengthWrong', { what: 'no Content-Length came' });
  if (Number(length) !== signedBytes)
    throw new Problem('lengthWrong', { what: `${length} bytes were announced, ${signedBytes} are signed` });
  const checksum = crc32 === undefined ? undefined : checksumText(crc32);
  if (headers[checksumHeader] !== checksum)
    throw new Problem('signatureRefused', { why: `the header ${checksumHeader} is not the one that is signed` });
  return signedBytes;
}
