import type { Clock } from '../../functions/ports/clock.ts';
import type { OneTimeStore } from '../../functions/ports/one-time-store.ts';

/** As long as the test runs. */
export function memoryOneTimeStore(clock: Clock): OneTimeStore & { readonly size: number } {
  const kept = new Map<string, { value: string; until: number }>();
  return {
    get size() {
      return kept.size;
    },
    async put(kind, secret, value, seconds) {
      kept.set(`${kind} ${secret}`, { value, until: clock.now() + seconds * 1000 });
    },
    async take(kind, secret) {
      const found = kept.get(`${kind} ${secret}`);
      kept.delete(`${kind} ${secret}`);
      return found !== undefined && found.until > clock.now() ? found.value : undefined;
    },
  };
}
