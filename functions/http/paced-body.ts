import type { Readable } from 'node:stream';
import { Problem } from '../core/problems.ts';

/** At least `bytes` must come in every `periodMs`, or the rest of the body. */
export interface Pace {
  periodMs: number;
  bytes: number;
}

/** A socket gives 64 KiB at a time; a trip to the disk for each costs more than the copy into blocks. */
const blockBytes = 512 << 10;

/**
 * The body of a request as it comes, in blocks, one read ahead of the reader. Throws the problem `requestTimeout` when it
 * comes too slowly, so that nobody holds a connection and a half-written object by sending a byte now and then; the
 * connection stays open for the answer.
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
  const chunks: AsyncIterator<Uint8Array> = body.iterator({ destroyOnReturn: false });
  const block = async (): Promise<Uint8Array | undefined> => {
    const held: Uint8Array[] = [];
    for (let bytes = 0; bytes < blockBytes; ) {
      const next = await chunks.next();
      if (next.done === true) break;
      bytes += next.value.length;
      came += next.value.length;
      held.push(next.value);
    }
    return held.length > 1 ? Buffer.concat(held) : held[0];
  };
  const readAhead = () => {
    const next = block();
    next.catch(() => {}); // thrown where it is awaited, or the reader has gone
    return next;
  };
  try {
    for (let next = readAhead(); ; ) {
      const ready = await Promise.race([next, tooSlow]);
      if (ready === undefined) return;
      next = readAhead();
      yield ready;
    }
  } finally {
    clearInterval(timer);
    chunks.return?.().catch(() => {}); // lets go of the body, at the latest with its next chunk
  }
}
