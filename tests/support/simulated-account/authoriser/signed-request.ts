import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it came in: the path and query as they were sent, names of headers in lower case. */
export interface SignedRequest {
  method: string;
  path: string;
  query: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** What a request says of its signer, not yet checked. */
export interface Claim {
  accessKeyId: string;
  /** `{day}/{region}/{service}/aws4_request`. */
  scope: string;
  service: string;
  signedHeaders: readonly string[];
  signature: string;
  /** When it was signed, ms since 1970. */
  signedAt: number;
  /** `20261121T170000Z`. */
  date: string;
  /** Of a signed address: seconds that it holds. */
  expiresIn?: number;
  sessionToken?: string;
}

/** Why a request is not its signer's, in the words of S3. */
export type SignatureFault = 'SignatureDoesNotMatch' | 'RequestTimeTooSkewed' | 'Expired' | 'XAmzContentSHA256Mismatch';

const algorithm = 'AWS4-HMAC-SHA256';
const skewMs = 15 * 60_000;

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986: all but letters, digits and `-._~`. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** As AWS reads a query: `+` is a plus, not a space. */
export function queryPairs(query: string): [name: string, value: string][] {
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
  });
}

const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

/** Who signed it, by its header or its address; undefined where nobody did. Throws a RangeError on what no SDK sends. */
export function claimOf({ headers, query }: SignedRequest): Claim | undefined {
  const inQuery = new Map(queryPairs(query));
  const byAddress = inQuery.has('X-Amz-Signature');
  const header = headers.authorization;
  if (!byAddress && header?.startsWith(`${algorithm} `) !== true) return undefined;
  const inHeader = new Map(
    (header ?? '')
      .slice(algorithm.length + 1)
      .split(',')
      .map((part) => part.trim().split('=') as [string, string]),
  );
  const part = (inAddress: string, inTheHeader: string): string => {
    const value = byAddress ? inQuery.get(inAddress) : inHeader.get(inTheHeader);
    if (value === undefined) throw new RangeError(`a signature without ${inTheHeader}`);
    return value;
  };
  const [accessKeyId = '', ...scope] = part('X-Amz-Credential', 'Credential').split('/');
  const date = (byAddress ? inQuery.get('X-Amz-Date') : headers['x-amz-date']) ?? '';
  const sessionToken = byAddress ? inQuery.get('X-Amz-Security-Token') : headers['x-amz-security-token'];
  return {
    accessKeyId,
    scope: scope.join('/'),
    service: scope[2] ?? '',
    signedHeaders: part('X-Amz-SignedHeaders', 'SignedHeaders').split(';'),
    signature: part('X-Amz-Signature', 'Signature'),
    date,
    signedAt: timeOf(date),
    ...(byAddress && { expiresIn: Number(inQuery.get('X-Amz-Expires')) }),
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

/** What is wrong with a signature; undefined: it is good. Source: the IAM guide, "Create a signed AWS API request". */
export function signatureFault(
  request: SignedRequest,
  claim: Claim,
  secret: string,
  now: number,
): SignatureFault | undefined {
  if (Number.isNaN(claim.signedAt) || claim.signedAt > now + skewMs) return 'RequestTimeTooSkewed';
  if (claim.expiresIn === undefined && claim.signedAt < now - skewMs) return 'RequestTimeTooSkewed';
  const payload = payloadOf(request, claim);
  if (payload === undefined) return 'XAmzContentSHA256Mismatch';
  const signed = [algorithm, claim.date, claim.scope, sha256(canonicalRequest(request, claim, payload))].join('\n');
  const key = claim.scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const expected = hmac(key, signed);
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'SignatureDoesNotMatch';
  if (claim.expiresIn !== undefined && claim.signedAt + claim.expiresIn * 1000 <= now) return 'Expired';
  return undefined;
}

/** What stands for the body in what was signed; undefined where the body is not the one that its hash names. */
function payloadOf({ headers, body }: SignedRequest, { expiresIn }: Claim): string | undefined {
  const named = headers['x-amz-content-sha256'];
  if (expiresIn !== undefined) return named ?? 'UNSIGNED-PAYLOAD';
  const actual = sha256(body);
  if (named === undefined) return actual;
  if (!/^[0-9a-f]{64}$/.test(named)) return named; // a form of body that is not hashed as a whole
  return named === actual ? actual : undefined;
}

function canonicalRequest(request: SignedRequest, { signedHeaders, service }: Claim, payload: string): string {
  const path = service === 's3' ? request.path : request.path.split('/').map(encode).join('/');
  const query = queryPairs(request.query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  return [request.method, path, query.join('&'), headers.join(''), signedHeaders.join(';'), payload].join('\n');
}
