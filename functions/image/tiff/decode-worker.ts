import { parentPort } from 'node:worker_threads';
import { Failure } from '../../core/errors.ts';
import type { Scratch } from './compression.ts';
import type { DecodeAnswer, DecodeTask } from './decode-threads.ts';
import { expandNow, writeSegment } from './segment.ts';
import { wasmDecoder } from './wasm-codecs.ts';

const scratch: Scratch = { bytes: new Uint8Array(0) };

async function work({ layout, first, lengths, input, plane }: DecodeTask): Promise<Uint8Array | undefined> {
  const own = { bytes: new Uint8Array(0) };
  if (plane === undefined) return expandNow(input, layout, first, own, await wasmDecoder(layout));
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    const part = input.subarray(at, at + length);
    writeSegment(expandNow(part, layout, first + i, scratch, await wasmDecoder(layout)), layout, first + i, plane);
    at += length;
  }
  return undefined;
}

type Code = NonNullable<DecodeAnswer['failed']>['code'];

parentPort!.on('message', (task: DecodeTask & { id: number }) => {
  void answerTo(task);
});

async function answerTo(task: DecodeTask & { id: number }): Promise<void> {
  const { id } = task;
  let answer: DecodeAnswer;
  try {
    const stored = await work(task);
    answer = { id, ...(stored !== undefined && { stored }) };
  } catch (error) {
    answer =
      error instanceof Failure
        ? { id, failed: { code: error.code as Code, why: error.advice.why } }
        : { id, bug: error as Error };
  }
  // What zlib gives may be in memory that cannot be handed over; a copy can.
  const own = answer.stored && ownBuffer(answer.stored);
  parentPort!.postMessage(own ? { ...answer, stored: own } : answer, own ? [own.buffer] : []);
}

const ownBuffer = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer)
    : new Uint8Array(bytes);
