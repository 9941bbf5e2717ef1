import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../contract/problems.ts';
import { type Bucket, buckets, type ObjectRef } from '../../core/object-keys.ts';

/** What a signed URL allows; nothing of it can be changed without the secret. */
export interface Grant {
  method: 'GET' | 'PUT';
  ref: ObjectRef;
  /** Seconds since 1970. */
  expires: number;
  /** Exact size of the body of a PUT. */
  bytes?: number;
  /** Most bytes of the body of a PUT whose size is not fixed, which replaces what is there. */
  most?: number;
  crc32?: number;
  /** Of a part of an upload. */
  upload?: string;
  part?: number;
  /** File name and type that a GET answers with. */
  name?: string;
  type?: string;
}

const numbers = ['expires', 'bytes', 'most', 'crc32', 'part'] as const;
const texts = ['upload', 'name', 'type'] as const;

/** `{base}/{bucket}/{key}?{what the grant says}&signature=…`, each name of the key percent-encoded. */
export function signedUrl(base: string, grant: Grant, secret: Buffer): string {
  const query = new URLSearchParams();
  for (const name of [...numbers, ...texts]) {
    if (grant[name] !== undefined) query.set(name, String(grant[name]));
  }
  query.set('signature', signatureOf(grant, secret));
  const path = [grant.ref.bucket, ...grant.ref.key.split('/')].map(encodeURIComponent).join('/');
  return `${base}/${path}?${query}`;
}

/** HMAC-SHA256 over all fields in fixed order, each with its length by JSON's quoting. */
const signatureOf = ({ method, ref, ...rest }: Grant, secret: Buffer): string =>
  createHmac('sha256', secret)
    .update(
      JSON.stringify([1, method, ref.bucket, ref.key, ...[...numbers, ...texts].map((name) => rest[name] ?? null)]),
    )
    .digest('base64url');

/** The grant of a request. `url`: path below the server and query. Throws the problem `signatureRefused`. HEAD passes with a grant for GET. */
export function readGrant(method: string, url: string, secret: Buffer, now: number): Grant {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const params = new URLSearchParams(query);
  const grant: Record<string, unknown> = { method: method === 'HEAD' ? 'GET' : method, ref: readRef(path) };
  const signature = Buffer.from(params.get('signature') ?? '');
  let known = 1;
  for (const name of [...numbers, ...texts]) {
    const value = params.get(name);
    if (value === null) continue;
    grant[name] = (texts as readonly string[]).includes(name) ? value : readNumber(value);
    known++;
  }
  const right = Buffer.from(signatureOf(grant as unknown as Grant, secret));
  const genuine = params.size === known && signature.length === right.length && timingSafeEqual(signature, right);
  if (!genuine) throw refused('its signature does not fit the request');
  const { expires } = grant as unknown as Grant;
  if (expires * 1000 <= now) throw refused('it has expired');
  return grant as unknown as Grant;
}

/** Exactly as signedUrl writes it: what reads as no number would pass for a field that is absent. */
function readNumber(text: string): number {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) throw refused('one of its numbers is none');
  return Number(text);
}

function readRef(path: string): ObjectRef {
  let names: string[];
  try {
    names = path.split('/').slice(1).map(decodeURIComponent);
  } catch (error) {
    throw refused('its path is not percent-encoded UTF-8', error);
  }
  const [bucket, ...key] = names;
  if (!buckets.includes(bucket as Bucket) || key.length === 0) throw refused('it names no object');
  return { bucket: bucket as Bucket, key: key.join('/') };
}

const refused = (why: string, cause?: unknown): Problem =>
  new Problem('signatureRefused', { why }, cause === undefined ? {} : { cause });
