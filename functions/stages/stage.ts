import type { Bucket } from '../core/keys.ts';
import type { QueueName } from '../core/messages.ts';

/**
 * What one stage is and may touch: the single source for the Lambda, its role, its event source and alarms, and for the
 * local runtime, which enforces the same accesses.
 */
export interface Stage {
  name: string;
  /** The queue that feeds it; absent for sweep, which a schedule starts. */
  queue?: QueueName;
  everySeconds?: number;
  reads: readonly Bucket[];
  writes: readonly Bucket[];
  deletes?: readonly Bucket[];
  /** May change the job table. */
  jobs: 'read' | 'update';
  sends: readonly QueueName[];
  /** Dead letters it may drain. */
  drains?: readonly QueueName[];
  memoryMb: number;
  timeoutSeconds: number;
  /** Messages one invocation gets. */
  batchSize: number;
  /** Deliveries before a message is dead. */
  attempts: number;
}
