import { setTimeout as wait } from 'node:timers/promises';

/** Asks until there is an answer that is not undefined; fails after so many seconds, with what `state` says then. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { seconds = 15, state = () => '' }: { seconds?: number; state?: () => string } = {},
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}\n${state()}`);
    await wait(100);
  }
}
