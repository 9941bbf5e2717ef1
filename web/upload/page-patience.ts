import { type Patience, wait } from '../../client/retries.ts';

/**
 * Of uploads in a page: they go on for as long as the tab lives, and at once when the browser finds a network or something
 * else of the page got an answer again (`wake`).
 */
export function pagePatience(network: EventTarget): Patience & { wake(): void } {
  const waiting = new Set<AbortController>();
  const wake = () => {
    for (const each of waiting) each.abort();
  };
  network.addEventListener('online', wake);
  return {
    endless: true,
    random: Math.random,
    wake,
    async wait(milliseconds, signal) {
      const woken = new AbortController();
      waiting.add(woken);
      try {
        await wait(milliseconds, AbortSignal.any([signal, woken.signal]));
      } catch (error) {
        if (signal.aborted || !woken.signal.aborted) throw error;
      } finally {
        waiting.delete(woken);
      }
    },
  };
}
