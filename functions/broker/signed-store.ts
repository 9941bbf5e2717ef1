import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { OneTimeKind, OneTimeStore } from '../ports/one-time-store.ts';

const signatureLength = 43; // SHA-256 in base64url

/**
 * Gives back only what was put through it. Other functions write to the same table: one that somebody took over could leave
 * a code there that makes them anybody, and hand it to the pool. `key`: the broker's, which no other function reads.
 */
export function signedStore(store: OneTimeStore, key: string): OneTimeStore {
  const own = Buffer.from(hkdfSync('sha256', key, '', 'what is good once', 32));
  const sign = (...of: [kind: OneTimeKind, secret: string, value: string]): string =>
    createHmac('sha256', own).update(JSON.stringify(of)).digest('base64url');
  return {
    put: (kind, secret, value, seconds) => store.put(kind, secret, sign(kind, secret, value) + value, seconds),
    async take(kind, secret) {
      const kept = await store.take(kind, secret);
      if (kept === undefined) return undefined;
      const value = kept.slice(signatureLength);
      const [given, right] = [kept.slice(0, signatureLength), sign(kind, secret, value)].map((text) =>
        Buffer.from(text),
      );
      return given!.length === right!.length && timingSafeEqual(given!, right!) ? value : undefined;
    },
  };
}
