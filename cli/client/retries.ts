import { setTimeout as sleep } from 'node:timers/promises';

const attempts = 6;
const firstDelayMs = 500;

/** What a failed attempt says about the next one. */
export interface Again {
  again: true;
  /** Milliseconds that the other side asks to wait. */
  waitMs?: number;
  error: Error;
}

/** Tries up to six times, waiting 0.5, 1, 2, 4 and 8 s in between, or as long as the other side asks; then throws the last error. */
export async function withRetries<T>(attempt: () => Promise<T | Again>, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried++) {
    const outcome = await attempt();
    if (!isAgain(outcome)) return outcome;
    if (tried === attempts) throw outcome.error;
    await sleep(outcome.waitMs ?? firstDelayMs * 2 ** (tried - 1), undefined, { signal });
  }
}

const isAgain = (outcome: unknown): outcome is Again =>
  typeof outcome === 'object' && outcome !== null && (outcome as Again).again === true;

/** Answers that the same request may get over: too fast, and trouble of the server or of a proxy before it. */
export const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

export function retryAfterMs(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
