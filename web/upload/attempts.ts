import { ApiError } from '../api/client.ts';

const retries = 5;
const firstWaitMs = 1000;
/** Nothing moved for so long: the connection is dead, whatever the system says. */
export const stallMs = 60_000;

/** No answer, and answers that say "later". A full disk (507) and everything the request itself is to blame for are not. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && [0, 408, 425, 429, 500, 502, 503, 504].includes(error.status);

/** Milliseconds before retry `number` (from 1): doubled each time, spread so that a thousand pages do not come back at once. */
export const waitBefore = (number: number, asked: number | undefined, random: number): number =>
  Math.max(asked ?? 0, firstWaitMs * 2 ** (number - 1) * (0.5 + random / 2));

export interface Patience {
  /** Resolves after so many milliseconds, or rejects when the signal is raised. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

/** Does the work, and after a passing trouble again, five times; `again` looks at other failures that a repeat may heal. */
export async function withRetries<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  { wait, random }: Patience,
  again: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let number = 1; ; number++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (number > retries || !(isPassing(error) || again(error))) throw error;
      await wait(waitBefore(number, error instanceof ApiError ? error.waitMs : undefined, random()), signal);
    }
  }
}

export const realPatience: Patience = {
  wait: (milliseconds, signal) =>
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
    }),
  random: Math.random,
};
