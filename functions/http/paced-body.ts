import type { Readable } from 'node:stream';
import { Problem } from '../core/problems.ts';

/** At least `bytes` must come in every `periodMs`, or the rest of the body. */
export interface Pace {
  periodMs: number;
  bytes: number;
}

/**
 * The body of a request as it comes. Throws the problem `requestTimeout` when it comes too slowly, so that nobody holds
 * a connection and a half-written object by sending a byte now and then; the connection stays open for the answer.
 */
export async function* pacedBody(body: Readable, expectedBytes: number, pace: Pace): AsyncGenerator<Uint8Array> {
  let came = 0;
  let before = 0;
  let giveUp: (problem: Problem) => void = () => {};
  const tooSlow = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  tooSlow.catch(() => {}); // it is raced below, where there is something to wait for
  const timer = setInterval(() => {
    if (came - before < Math.min(pace.bytes, expectedBytes - before)) giveUp(new Problem('requestTimeout', []));
    before = came;
  }, pace.periodMs);
  const chunks = body.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), tooSlow]);
      if (next.done) return;
      came += next.value.length;
      yield next.value;
    }
  } finally {
    clearInterval(timer);
  }
}
