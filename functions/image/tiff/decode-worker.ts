import { parentPort } from 'node:worker_threads';
import { Failure } from '../../core/errors.ts';
import type { Scratch } from './compression.ts';
import type { DecodeAnswer, DecodeTask } from './decode-threads.ts';
import { expandNow, place } from './segment.ts';

const scratch: Scratch = { bytes: new Uint8Array(0) };

function work({ layout, first, lengths, input, plane }: DecodeTask): Uint8Array | undefined {
  if (plane === undefined) return expandNow(input, layout, first, { bytes: new Uint8Array(0) });
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    place(expandNow(input.subarray(at, at + length), layout, first + i, scratch), layout, first + i, plane);
    at += length;
  }
  return undefined;
}

parentPort!.on('message', (task: DecodeTask & { id: number }) => {
  const { id } = task;
  let answer: DecodeAnswer;
  try {
    const stored = work(task);
    answer = { id, ...(stored !== undefined && { stored }) };
  } catch (error) {
    answer = error instanceof Failure ? { id, broken: error.advice.why } : { id, bug: error as Error };
  }
  // What zlib gives may lie in memory that cannot be handed over; a copy can.
  const own = answer.stored && ownBuffer(answer.stored);
  parentPort!.postMessage(own ? { ...answer, stored: own } : answer, own ? [own.buffer] : []);
});

const ownBuffer = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer)
    : new Uint8Array(bytes);
