import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../ports/clock.ts';

const onceLifeMs = 10 * 60_000;

/**
 * The links of a service without accounts, 256 random bits each, kept in memory only. `standing` is good while this
 * process lives, as Jupyter's is: it is for the terminal, and may be opened in a second browser. `once` is good for one
 * visit within ten minutes: it is for starting a browser, whose arguments every user of the machine can read.
 */
export function openAccessLink(clock: Clock) {
  const secret = () => randomBytes(32).toString('base64url');
  const standing = secret();
  const single = new Map<string, number>();
  return {
    standing,
    once(): string {
      const made = secret();
      single.set(digest(made), clock.now() + onceLifeMs);
      return made;
    },
    /** Compares digests, whose order says nothing about the secrets. */
    admits(given: string): boolean {
      const key = digest(given);
      if (key === digest(standing)) return true;
      const end = single.get(key);
      single.delete(key);
      return end !== undefined && clock.now() < end;
    },
  };
}

export type AccessLink = ReturnType<typeof openAccessLink>;

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
