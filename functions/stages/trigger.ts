import type { QueueName } from '../core/messages.ts';
import type { Bucket } from '../core/object-keys.ts';

/** Messages of a queue. */
export interface QueueTrigger {
  queue: QueueName;
  /** New objects of this bucket become messages of the queue, beside what is sent there. */
  announced?: Bucket;
  /** Objects of this bucket that come back from cold storage become messages of the queue; never beside `announced`. */
  restored?: Bucket;
  /** Messages one invocation gets. */
  batchSize: number;
  /** Deliveries before a message is dead. */
  attempts: number;
}

/** A schedule. */
export interface ScheduleTrigger {
  everySeconds: number;
  /** Invocations before a round is given up. */
  attempts: number;
}

/** What starts a stage. */
export type Trigger = QueueTrigger | ScheduleTrigger;

/** The queue that feeds a function; undefined where there is none. */
export const queueOf = ({ trigger }: { trigger?: Trigger }): QueueName | undefined =>
  trigger !== undefined && 'queue' in trigger ? trigger.queue : undefined;
