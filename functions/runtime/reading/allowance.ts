import type { Worker } from 'node:worker_threads';
import { formatBytes } from '../../core/format-bytes.ts';
import { machineMemory } from '../admit-planes.ts';

/** What reading may cost: so much for any file, and more for each byte of it. */
export interface ReadingLimits {
  /** Milliseconds of processor time, not of the clock: other programs run too. */
  baseMs: number;
  nanosecondsPerByte: number;
  /** Memory of the thread: its heap and its buffers. */
  baseBytes: number;
  bytesPerByte: number;
  /** Of the thread's heap, whatever the file. */
  heapBytes: number;
  /** How often threads at work are looked at, milliseconds; what takes less is hardly measured. */
  lookEveryMs: number;
}

/**
 * Several times what the slowest file of each kind takes (tests/unit/reading-costs.test.ts): the most that was seen is
 * 1.5 s, 60 ns a byte, and 20 bytes a byte. A movie of 200,000 pages takes 350 MB of heap.
 */
export const readingLimits: ReadingLimits = {
  baseMs: 15_000,
  nanosecondsPerByte: 500,
  baseBytes: 1 << 30,
  bytesPerByte: 128,
  heapBytes: 2 ** 31,
  lookEveryMs: 200,
};

/** What one stretch of work on a thread may use, from its start to its end. */
export interface Allowance {
  milliseconds: number;
  bytes: number;
}

export const allowanceFor = (bytes: number, limits: ReadingLimits): Allowance => ({
  milliseconds: limits.baseMs + (bytes * limits.nanosecondsPerByte) / 1e6,
  bytes: Math.min(limits.baseBytes + bytes * limits.bytesPerByte, machineMemory() / 2),
});

interface Use {
  milliseconds: number;
  bytes: number;
}

async function measured(worker: Worker): Promise<Use> {
  const [{ user, system }, { used_heap_size, external_memory }] = await Promise.all([
    worker.cpuUsage(),
    worker.getHeapStatistics(),
  ]);
  return { milliseconds: (user + system) / 1000, bytes: used_heap_size + external_memory };
}

/** Looks at one thread while it works. `over`: called once, with the limit in words, when it used more than it may. */
export function watchUse(
  worker: Worker,
  { allowed, lookEveryMs }: { allowed: () => Allowance; lookEveryMs: number },
  over: (limit: string) => void,
): Disposable {
  let first: Use | undefined;
  let looking = false;
  let ended = false;
  const end = (limit: string) => {
    ended = true;
    over(limit);
  };
  const look = async (): Promise<void> => {
    const now = await measured(worker);
    first ??= now;
    const { milliseconds, bytes } = allowed();
    if (ended) return;
    const used = { milliseconds: now.milliseconds - first.milliseconds, bytes: now.bytes - first.bytes };
    if (used.milliseconds > milliseconds) end(timeLimit(milliseconds));
    else if (used.bytes > bytes) end(`it took more than ${formatBytes(bytes)} of memory`);
  };
  const lookNow = () => {
    if (looking) return;
    looking = true;
    look().then(
      () => {
        looking = false;
      },
      () => {}, // of a thread that has ended: its exit says so
    );
  };
  lookNow(); // what was used before does not count
  const timer = setInterval(lookNow, lookEveryMs).unref();
  return {
    [Symbol.dispose]() {
      ended = true;
      clearInterval(timer);
    },
  };
}

const timeLimit = (milliseconds: number) =>
  `it took more than ${(milliseconds / 1000).toPrecision(3)} s of processor time`;
