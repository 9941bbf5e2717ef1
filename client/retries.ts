import { ServiceError } from './service-error.ts';

const maxRetries = 5;
const firstWaitMs = 1000;
/** Work without end looks again at least so often. */
const longestWaitMs = 30_000;
/** A longer wait, as for a quota of the day, is reported at once. */
const longestAskedMs = 5 * 60_000;

/** No answer, and answers that say "later". A full disk (507) and everything the request itself is to blame for are not. */
const passing: readonly number[] = [0, 408, 425, 429, 500, 502, 503, 504];

/** May the same request succeed when it is repeated? */
export const isPassing = (error: unknown): boolean =>
  error instanceof ServiceError && passing.includes(error.status) && (error.waitMs ?? 0) <= longestAskedMs;

/** Nothing that belongs to the service answered: the connection is broken, or a proxy says that it is away. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof ServiceError && error.problem === undefined && [0, 502, 503, 504].includes(error.status);

/** Milliseconds before retry `number` (from 1): doubled each time, spread so that a thousand clients do not come back at once. */
export const waitBefore = (number: number, askedMs: number | undefined, random: number): number =>
  Math.max(askedMs ?? 0, Math.min(longestWaitMs, firstWaitMs * 2 ** (number - 1)) * (0.5 + random / 2));

/** Retry-After: seconds or a date. `now`: milliseconds since 1970. */
export function retryAfterMs(headers: Pick<Headers, 'get'>, now: number): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const waitMs = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

export interface Patience {
  /** Resolves after so many milliseconds, or rejects when the signal is raised. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
  /** Keeps trying for as long as nothing answers. */
  endless?: boolean;
  /** Nothing answers (true), or something does again. */
  onUnreachable?(unreachable: boolean): void;
}

const waitMsOf = (error: unknown): number | undefined => (error instanceof ServiceError ? error.waitMs : undefined);

/** Does the work, and after a passing failure again, five times; `again` looks at other failures that a repeat may heal. */
export async function withRetries<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  patience: Patience,
  again: (error: unknown) => boolean = () => false,
): Promise<T> {
  let failed = 0;
  let unanswered = 0;
  for (;;) {
    signal.throwIfAborted();
    try {
      const result = await work();
      patience.onUnreachable?.(false);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      const unreachable = isUnreachable(error);
      if (unreachable) patience.onUnreachable?.(true);
      const number = unreachable && patience.endless === true ? ++unanswered : ++failed;
      if (failed > maxRetries || !(isPassing(error) || again(error))) throw error;
      await patience.wait(waitBefore(number, waitMsOf(error), patience.random()), signal);
    }
  }
}

/** By the clock. */
export const wait: Patience['wait'] = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      signal.removeEventListener('abort', stopped);
      resolve();
    }
    function stopped(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener('abort', stopped, { once: true });
  });

export const patient: Patience = { wait, random: Math.random };
