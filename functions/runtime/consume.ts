import { setTimeout as sleep } from 'node:timers/promises';
import { isDiskTrouble } from '../core/errors.ts';
import type { Messages, QueueName } from '../core/messages.ts';
import { daySeconds } from '../core/time.ts';
import type { Queue, Received } from '../ports/queue.ts';
import type { QueueStage } from '../stages/stage.ts';

/** A queue that can say when a message may have come, so that no polling is needed. */
export interface WaitingQueue extends Queue {
  /** Resolves when a message may be there, or when the signal is aborted. */
  wait(queue: QueueName, signal?: AbortSignal): Promise<void>;
}

export interface Consumer {
  stage: QueueStage;
  /** Messages handled at a time. */
  concurrency: number;
  handle(body: Messages[QueueName]): Promise<unknown>;
  /** Awaited before a message is taken, so that none spends its attempts on what cannot work now. */
  ready?(): Promise<void>;
}

export interface Trouble {
  stage: string;
  attempt: number;
  /** No further attempt: the message goes to the dead letters. */
  last: boolean;
  error: unknown;
  /** Absent where it is about no message: of sweep, of the queue itself. */
  body?: Messages[QueueName];
}

/** Seconds until a failed message comes again: 1, 4, 16 … */
export const delayAfter = (attempt: number): number => Math.min(4 ** (attempt - 1), 300);

const diskAgainMs = 1000;

/**
 * As long as this process may live: work that lasts, a machine that slept and a clock that jumps ahead bring no message a
 * second time while the first is in progress. What a process that died had in progress comes back with the next start.
 */
const visibilitySeconds = 36_500 * daySeconds;

/**
 * Feeds a stage from its queue until the signal is aborted; then the messages in progress are finished, and the promise
 * resolves. A message whose handling throws comes again, later each time; `trouble` is called. While the queue itself
 * cannot be written for want of disk, it is asked again every second.
 */
export async function consume(
  { stage, concurrency, handle, ready }: Consumer,
  queue: WaitingQueue,
  signal: AbortSignal,
  trouble: (trouble: Trouble) => void,
): Promise<void> {
  const { queue: name, attempts } = stage.trigger;
  const report = (error: unknown) => trouble({ stage: stage.name, attempt: 1, last: false, error });
  const insist = <T>(work: () => Promise<T>) => untilDisk(work, signal, report);
  const handleOne = async ({ receipt, body, receives }: Received<Messages[QueueName]>) => {
    try {
      await handle(body);
    } catch (error) {
      const last = receives >= attempts;
      await insist(() => queue.hide(name, receipt, signal.aborted || last ? 0 : delayAfter(receives)));
      if (!signal.aborted) trouble({ stage: stage.name, attempt: receives, last, error, body });
      return;
    }
    await insist(() => queue.acknowledge(name, [receipt]));
  };
  const loop = async () => {
    while (!signal.aborted) {
      await ready?.();
      const [message] = (await insist(() => queue.receive(name, { max: 1, visibilitySeconds }))) ?? [];
      if (message === undefined) await queue.wait(name, signal);
      else await handleOne(message);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
}

/**
 * Does the work again every second while the disk is full or read-only; `report`: once, why. Undefined when it was stopped
 * before that was fixed; the next start takes back the messages that were in progress.
 */
async function untilDisk<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<T | undefined> {
  for (let reported = false; ; reported = true) {
    try {
      return await work();
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
      if (signal.aborted) return undefined;
      if (!reported) report(error);
      await sleep(diskAgainMs, undefined, { signal }).catch(() => {}); // aborted: looked at above
    }
  }
}
