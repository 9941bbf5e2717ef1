import { createHash } from 'node:crypto';
import { Problem } from '../contract/problems.ts';
import { daySeconds } from '../core/time.ts';
import type { IdempotencyStore, StoredAnswer } from '../ports/idempotency-store.ts';

const keptSeconds = daySeconds;
/** Longer than any request takes; afterwards its process is dead and a repeat may go on. */
const leaseSeconds = 60;

const digest = (...parts: unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The Idempotency-Key of a request. Throws the problem `requestInvalid` for what is none. */
export function keyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw new Problem('requestInvalid', { what: 'header Idempotency-Key: 1 to 200 visible ASCII characters' });
}

export const requestDigest = (owner: string, key: string, request: readonly unknown[]): string =>
  digest(owner, key, ...request);

/**
 * Does the work once for each key: a repeat gets the first answer, one that comes meanwhile the problem `requestRunning`,
 * another request with the same key `keyReused`. Only answers of success are kept, for `seconds`; after a problem the key is free again.
 */
export async function once(
  answers: IdempotencyStore,
  { owner, key, request }: { owner: string; key: string; request: string },
  work: () => Promise<StoredAnswer>,
  seconds = keptSeconds,
): Promise<StoredAnswer & { replayed: boolean }> {
  const claim = await answers.claim(owner, key, request, leaseSeconds);
  if (claim === 'other') throw new Problem('keyReused', {});
  if (claim === 'running') throw new Problem('requestRunning', {}, { headers: { 'Retry-After': '1' } });
  if (claim !== 'fresh') return { ...claim, replayed: true };
  let answer: StoredAnswer;
  try {
    answer = await work();
  } catch (error) {
    await answers.release(owner, key);
    throw error;
  }
  await answers.keep(owner, key, answer, seconds);
  return { ...answer, replayed: false };
}
