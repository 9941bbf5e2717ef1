import { setTimeout as wait } from 'node:timers/promises';
import { patience } from './patience.ts';

/** Asks until there is an answer that is not undefined; fails after so many seconds of a quiet machine, with what `state` says then. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { seconds = 15, state = () => '' }: { seconds?: number; state?: () => string } = {},
): Promise<T> {
  const allowed = seconds * patience;
  const deadline = Date.now() + allowed * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${allowed} s: ${what}\n${state()}`);
    await wait(100);
  }
}
