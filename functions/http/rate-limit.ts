interface Bucket {
  tokens: number;
  at: number;
}

/** Owners, or addresses, remembered; a bucket that is full again is forgotten. */
const maxAddresses = 10_000;

/**
 * Token buckets in this process's memory: of several processes each gives the whole rate. `take` returns 0, or the
 * seconds until the next request may come.
 */
export function rateLimit(clock: { now(): number }) {
  const buckets = new Map<string, Bucket>();
  const forgetFull = (now: number, perSecond: number, burst: number) => {
    for (const [owner, { tokens, at }] of buckets) {
      if (tokens + ((now - at) / 1000) * perSecond >= burst) buckets.delete(owner);
    }
  };
  return {
    take(owner: string, { perSecond, burst }: { perSecond: number; burst: number }): number {
      const now = clock.now();
      if (buckets.size >= maxAddresses && !buckets.has(owner)) forgetFull(now, perSecond, burst);
      const bucket = buckets.get(owner) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
      const enough = tokens >= 1;
      buckets.set(owner, { tokens: enough ? tokens - 1 : tokens, at: now });
      return enough ? 0 : (1 - tokens) / perSecond;
    },
  };
}
