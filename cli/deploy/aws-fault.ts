import type { FactsOf } from '../../functions/core/errors.ts';
import type { deployRows } from './error-rows.ts';

/** A row of error-rows.ts with its facts. */
export type AwsFault = {
  [C in keyof typeof deployRows]: { code: C; facts: FactsOf<(typeof deployRows)[C]> };
}[keyof typeof deployRows];

interface SdkError {
  name?: string;
  message?: string;
  /** Of Node, where there was no answer. */
  code?: string;
  hostname?: string;
  /** On whatever the SDK throws after it has tried, also without an answer. */
  $metadata?: { httpStatusCode?: number };
}

const missing = new Set(['CredentialsProviderError', 'TokenProviderError']);
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const refused = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'AuthFailure',
  'InvalidAccessKeyId',
  'IncompleteSignature',
]);
/** AWS takes a signature for a quarter of an hour; some services have a code of its own for that, others only words. */
export const wrongClock = /RequestTimeTooSkewed|RequestInTheFuture|Signature (?:expired|not yet current)/;
const denied = /^AccessDenied|^UnauthorizedOperation|^NotAuthorized|^AuthorizationError/;
const busy = /Throttl|^TooManyRequests|^RequestLimitExceeded|^SlowDown|^BandwidthLimitExceeded|ThroughputExceeded/;
const full = /LimitExceeded|QuotaExceeded|^TooManyBuckets/;
const off = new Set(['OptInRequired', 'SubscriptionRequiredException', 'NotSignedUp']);
const noAnswer = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
]);

/** What an error of AWS's SDK is to its reader, on whatever path it came; undefined: it is none of the SDK's. */
export function awsFaultOf(error: unknown): AwsFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const fault = error as Error & SdkError;
  return rightsFault(fault) ?? (fault.$metadata === undefined ? undefined : answerFault(fault, fault.$metadata));
}

function rightsFault({ name, message }: Error): AwsFault | undefined {
  if (missing.has(name)) return { code: 'credentialsMissing', facts: {} };
  if (wrongClock.test(`${name}: ${message}`)) return { code: 'clockWrong', facts: { detail: message } };
  if (expired.has(name)) return { code: 'credentialsExpired', facts: {} };
  if (refused.has(name)) return { code: 'credentialsRefused', facts: { detail: message } };
  return denied.test(name) ? { code: 'actionDenied', facts: { action: deniedAction(message) } } : undefined;
}

function answerFault(
  { name, message, code = '', hostname }: Error & SdkError,
  { httpStatusCode: status }: NonNullable<SdkError['$metadata']>,
): AwsFault {
  if (noAnswer.has(code) || name === 'TimeoutError') {
    return { code: 'awsUnreachable', facts: { where: hostname ?? 'this network', detail: message || code } };
  }
  const where = name;
  if (busy.test(name) || status === 429) return { code: 'awsBusy', facts: { where: 'one of its services' } };
  if (full.test(name)) return { code: 'quotaReached', facts: { where, detail: message } };
  if (off.has(name)) return { code: 'serviceOff', facts: { where, detail: message } };
  if (status === 403) return { code: 'actionDenied', facts: { action: deniedAction(message) } }; // a HEAD has no more words
  if (status === undefined || status >= 500) {
    return { code: 'awsFailing', facts: { detail: `${status ?? 'no status'}, ${name}: ${message}` } };
  }
  return { code: 'awsRefused', facts: { detail: `${name}: ${message}` } };
}

/** The action that IAM's message names: `… is not authorized to perform: s3:CreateBucket on resource …`. */
export const deniedAction = (message: string): string =>
  /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1] ?? 'an action';
