import type { Messages, QueueName } from '../core/messages.ts';

export interface Received<T> {
  /** Valid until the message becomes visible again. */
  receipt: string;
  body: T;
  /** 1 on the first delivery. */
  receives: number;
}

/**
 * At-least-once delivery. A received message is hidden for its visibility timeout, then comes again; after
 * `maxReceives` deliveries it moves to the queue's dead letters instead. No order is promised.
 */
export interface Queue {
  /** Sends all; what could not be sent is thrown as an error, never dropped. */
  send<Q extends QueueName>(
    queue: Q,
    bodies: readonly Messages[Q][],
    options?: { delaySeconds?: number },
  ): Promise<void>;
  receive<Q extends QueueName>(
    queue: Q,
    options: { max: number; visibilitySeconds: number },
  ): Promise<Received<Messages[Q]>[]>;
  /** Deletes. An expired receipt is ignored: the message is somebody else's now. */
  acknowledge(queue: QueueName, receipts: readonly string[]): Promise<void>;
  /** Visible again after `delaySeconds`; 0 returns the message at once. Also extends a running visibility timeout. */
  hide(queue: QueueName, receipt: string, delaySeconds: number): Promise<void>;
  receiveDead<Q extends QueueName>(
    queue: Q,
    options: { max: number; visibilitySeconds: number },
  ): Promise<Received<Messages[Q]>[]>;
  acknowledgeDead(queue: QueueName, receipts: readonly string[]): Promise<void>;
  /** Waiting, hidden and dead messages. */
  depth(queue: QueueName): Promise<{ waiting: number; hidden: number; dead: number }>;
  [Symbol.asyncDispose](): Promise<void>;
}
