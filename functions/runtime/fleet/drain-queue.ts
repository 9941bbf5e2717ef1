import type { Messages } from '../../core/messages.ts';
import type { Queue } from '../../ports/queue.ts';
import { visibilitySeconds } from '../../stages/large/descriptor.ts';
import type { QueueStage } from '../../stages/stage.ts';
import { delayAfter, type Trouble } from '../consume.ts';

export interface Draining {
  stage: QueueStage & { trigger: { queue: 'large' } };
  queue: Queue;
  handle(message: Messages['large']): Promise<unknown>;
  /** ms that the queue has been empty when there is nothing left to do. */
  idleMs: number;
  /** ms since some moment. */
  now(): number;
  /** Awaited where there is no message, if the queue itself does not wait. */
  pause?(): Promise<void>;
  onTrouble(trouble: Trouble): void;
}

/**
 * Takes one message after the other until the queue has stayed empty, or `stop` is aborted: then what is in progress is
 * ended first. While a message is worked on it is hidden again and again for a short time, so that it comes back soon
 * where this process dies. One whose handling throws comes again later.
 */
export async function drainQueue(work: Draining, stop: AbortSignal): Promise<'idle' | 'stopped'> {
  const { stage, queue, idleMs, now, pause } = work;
  let lastMessage = now();
  while (!stop.aborted) {
    const [message] = await queue.receive(stage.trigger.queue, { max: 1, visibilitySeconds });
    if (message === undefined) {
      if (now() - lastMessage >= idleMs) return 'idle';
      await pause?.();
      continue;
    }
    await handleOne(message, work, stop);
    lastMessage = now();
  }
  return 'stopped';
}

async function handleOne(
  { receipt, body, receives }: { receipt: string; body: Messages['large']; receives: number },
  { stage, queue, handle, onTrouble }: Draining,
  stop: AbortSignal,
): Promise<void> {
  const { queue: name, attempts } = stage.trigger;
  const report = (error: unknown, last: boolean) =>
    onTrouble({ stage: stage.name, attempt: receives, last, error, body });
  const keep = () => queue.hide(name, receipt, visibilitySeconds).catch((error: unknown) => report(error, false));
  const beat = setInterval(keep, (visibilitySeconds * 1000) / 3);
  try {
    await handle(body);
  } catch (error) {
    const last = receives >= attempts;
    await queue.hide(name, receipt, stop.aborted || last ? 0 : delayAfter(receives));
    report(error, last);
    return;
  } finally {
    clearInterval(beat);
  }
  await queue.acknowledge(name, [receipt]);
}
