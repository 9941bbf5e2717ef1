import { setTimeout as sleep } from 'node:timers/promises';
import { routeOf } from '../../core/container-url.ts';
import { Failure } from '../../core/errors.ts';

/** A container loads its weights before it answers /ping. */
export const usualStartSeconds = 120;
/** The first answers are asked for in short steps: a small model is there at once. */
const [firstMs, longestMs] = [50, 1000];
/** One question: a server that is loading may take a connection and say nothing. */
const answerMs = 2000;

/** Waits until GET /ping is answered with 2xx. Throws `modelBroken` after `seconds`, and the signal's reason. */
export async function waitForPing(
  origin: string,
  { seconds = usualStartSeconds, signal }: { seconds?: number | undefined; signal?: AbortSignal } = {},
): Promise<void> {
  const until = Date.now() + seconds * 1000;
  for (let wait = firstMs; ; wait = Math.min(2 * wait, longestMs)) {
    const why = await ping(origin);
    signal?.throwIfAborted();
    if (why === undefined) return;
    if (Date.now() > until)
      throw new Failure('modelBroken', { detail: `no container is ready at ${origin} within ${seconds} s: ${why}` });
    await sleep(wait, undefined, { signal });
  }
}

/** Why the model is not ready; undefined where it is. */
async function ping(origin: string): Promise<string | undefined> {
  try {
    const response = await fetch(routeOf(origin, '/ping'), { signal: AbortSignal.timeout(answerMs) });
    await response.body?.cancel();
    return response.ok ? undefined : `GET /ping answers ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error; // fetch says `fetch failed` and hides why in the cause
    return cause instanceof Error ? cause.message || message : message;
  }
}
