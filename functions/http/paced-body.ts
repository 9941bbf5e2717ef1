import type { Readable } from 'node:stream';
import { giveWay } from '../async/give-way.ts';
import { Problem } from '../contract/problems.ts';

/** At least `bytes` must come in every `periodMs`, or the rest of the body. */
export interface Pace {
  periodMs: number;
  bytes: number;
}

/** A socket gives 64 KiB at a time; a trip to the disk for each costs more than the copy into blocks. */
const blockBytes = 512 << 10;

/**
 * The body of a request as it comes, in blocks, one read ahead of the reader. Their memory is used again: a block is good
 * until the next is asked for (as ports/object-store wants bodies). Throws the problem `requestTimeout` when it
 * comes too slowly, so that no client holds a connection and a half-written object by sending a byte now and then; the
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
    if (came - before < Math.min(pace.bytes, expectedBytes - before)) giveUp(new Problem('requestTimeout', {}));
    before = came;
  }, pace.periodMs);
  const chunks: AsyncIterator<Uint8Array> = body.iterator({ destroyOnReturn: false });
  const buffers: Uint8Array[] = []; // the one that is read and the one that is filled take turns
  let rest: Uint8Array | undefined; // of a chunk, what had no room in its block
  const chunk = async (): Promise<Uint8Array | undefined> => {
    const kept = rest;
    rest = undefined;
    if (kept !== undefined) return kept;
    // libuv reads from each socket while there is data: many uploads at once would keep it from everything else
    const turn = giveWay();
    if (turn !== undefined) await turn;
    const next = await chunks.next();
    if (next.done === true) return undefined;
    came += next.value.length;
    return next.value;
  };
  const block = async (): Promise<Uint8Array | undefined> => {
    const first = await chunk();
    if (first === undefined || first.length >= blockBytes) return first;
    let next = await chunk();
    if (next === undefined) return first;
    const buffer = buffers.length < 2 ? Buffer.allocUnsafeSlow(blockBytes) : buffers.shift()!;
    buffers.push(buffer);
    buffer.set(first);
    let filled = first.length;
    while (next !== undefined) {
      const fits = next.subarray(0, blockBytes - filled);
      buffer.set(fits, filled);
      filled += fits.length;
      if (fits.length < next.length) rest = next.subarray(fits.length);
      if (filled === blockBytes) break;
      next = await chunk();
    }
    return buffer.subarray(0, filled);
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
