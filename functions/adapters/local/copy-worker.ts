import { readSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import type { CopyAnswer, CopyTask } from './copy-threads.ts';

/** Small enough to stay in a core's cache from the read over the sum to the write. */
const chunk = Buffer.allocUnsafeSlow(64 * 1024);

function copy({ from, start, length, to, at }: CopyTask): { crc32: number; length: number } {
  let checksum = 0;
  let done = 0;
  while (done < length) {
    const got = readSync(from, chunk, 0, Math.min(chunk.length, length - done), start + done);
    if (got === 0) break;
    checksum = crc32(chunk.subarray(0, got), checksum);
    for (let put = 0; put < got; ) put += writeSync(to, chunk, put, got - put, at + done + put);
    done += got;
  }
  return { crc32: checksum, length: done };
}

parentPort!.on('message', ({ id, ...task }: CopyTask & { id: number }) => {
  let answer: CopyAnswer;
  try {
    answer = { id, ...copy(task) };
  } catch (error) {
    const { message, code, syscall } = error as NodeJS.ErrnoException;
    answer = { id, failed: { message, code, syscall } };
  }
  parentPort!.postMessage(answer);
});
