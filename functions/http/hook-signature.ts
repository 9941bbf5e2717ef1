import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Of a web hook, as receivers check it: HMAC-SHA256 over the time in seconds since 1970, a dot and the body (docs/notices.md).
 * `secret`: the key, as its UTF-8 bytes.
 */
export const hookSignature = (secret: string, timestamp: string, body: string | Uint8Array): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;

/** Compares all of it, however early they differ: the time that it takes says nothing of the right one. */
export function isHookSignature(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
