import type { QueueName } from '../core/messages.ts';
import type { Bucket } from '../core/object-keys.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Usage } from '../ports/usage.ts';
import type { Access, Runnable } from './access.ts';

/**
 * What one stage is and may touch: the single source for the Lambda, its role, its event source and alarms, and for the
 * local runtime, which enforces the same accesses.
 */
export interface Stage extends Runnable {
  /** The queue that feeds it; absent for sweep, which a schedule starts. */
  queue?: QueueName;
  /** New objects of this bucket become messages of its queue, beside what is sent there. */
  announced?: Bucket;
  everySeconds?: number;
  /** Messages one invocation gets. */
  batchSize: number;
  /** Deliveries before a message is dead. */
  attempts: number;
}
