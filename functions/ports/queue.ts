import type { Messages, QueueName } from '../core/messages.ts';

export interface Received<T> {
  /** Names this delivery; good until the message is delivered again. */
  receipt: string;
  body: T;
  /** 1 on the first delivery. */
  receives: number;
}

/**
 * At-least-once delivery. A received message is hidden for its visibility timeout, then comes again; after as many
 * deliveries as the queue's stage has `attempts` it moves to the queue's dead letters instead. No order is promised.
 * What was sent survives the death of the process.
 */
export interface Queue {
  /** Sends all; what could not be sent is thrown as an error, never dropped. */
  send<Q extends QueueName>(
    queue: Q,
    bodies: readonly Messages[Q][],
    options?: { delaySeconds?: number },
  ): Promise<void>;
  /** At most `max` visible messages, maybe fewer than there are; none when there is none now. */
  receive<Q extends QueueName>(
    queue: Q,
    options: { max: number; visibilitySeconds: number },
  ): Promise<Received<Messages[Q]>[]>;
  /** Deletes. A receipt that is no longer good is ignored: another consumer has the message now. */
  acknowledge(queue: QueueName, receipts: readonly string[]): Promise<void>;
  /** Hidden for `delaySeconds` from now, then visible: 0 returns the message at once, more extends a running timeout. */
  hide(queue: QueueName, receipt: string, delaySeconds: number): Promise<void>;
  /** As receive, from the dead letters; there is no limit of deliveries. */
  receiveDead<Q extends QueueName>(
    queue: Q,
    options: { max: number; visibilitySeconds: number },
  ): Promise<Received<Messages[Q]>[]>;
  acknowledgeDead(queue: QueueName, receipts: readonly string[]): Promise<void>;
  /** Waiting, hidden (received or delayed) and dead messages; a store may lag behind. */
  depth(queue: QueueName): Promise<{ waiting: number; hidden: number; dead: number }>;
  [Symbol.asyncDispose](): Promise<void>;
}
