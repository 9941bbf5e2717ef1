import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../ports/clock.ts';

const lifeMs = 5 * 60_000;
const mostKept = 100;

/**
 * Secrets that a form makes and the page after it shows, once: a reload neither sends the form again nor shows the secret
 * again. Kept in memory only, for five minutes and a hundred at most.
 */
export function shownOnce<T>(clock: Clock) {
  const kept = new Map<string, { account: string; value: T; until: number }>();
  return {
    /** For the next page of this account; the answer is what its address carries. */
    keep(account: string, value: T): string {
      const now = clock.now();
      for (const [id, { until }] of kept) if (until <= now || kept.size >= mostKept) kept.delete(id); // the oldest come first
      const id = randomUUID();
      kept.set(id, { account, value, until: now + lifeMs });
      return id;
    },
    /** Undefined where it was shown already, or is another's. */
    take(account: string, id: string): T | undefined {
      const found = kept.get(id);
      if (found === undefined || found.account !== account) return undefined;
      kept.delete(id);
      return found.until > clock.now() ? found.value : undefined;
    },
  };
}
