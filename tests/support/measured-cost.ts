import { getHeapStatistics } from 'node:v8';
import { Failure } from '../../functions/core/errors.ts';
import { millisecondsSince } from './processor-time.ts';

/** What reading something cost, and what came of it. */
export interface Cost {
  /** `read`, or the code and reason of the Failure. */
  outcome: string;
  /** Of the processor, all threads. */
  milliseconds: number;
  /** Bytes that the heap and buffers grew by, garbage that waits included. */
  grown: number;
}

const memory = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};

export async function costOf(work: () => unknown): Promise<Cost> {
  const start = process.cpuUsage();
  const before = memory();
  let outcome = 'read';
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    outcome = `${error.code}: ${error.advice.why}`;
  }
  return { outcome, milliseconds: millisecondsSince(start), grown: memory() - before };
}

const passBytes = 16 << 20;

/** Nanoseconds a byte that a plain loop takes here and now, the fastest of some: how slow the machine is. */
export function nanosecondsOfPass(): number {
  const bytes = new Uint8Array(passBytes);
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const start = process.cpuUsage();
    let sum = run;
    for (let i = 0; i < bytes.length; i++) sum = (Math.imul(sum, 31) + bytes[i]!) | 0;
    bytes[0] = sum;
    fastest = Math.min(fastest, (millisecondsSince(start) * 1e6) / passBytes);
  }
  return fastest;
}
