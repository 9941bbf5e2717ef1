import type { JobRef } from './keys.ts';

/** The queues, one a stage; each has a dead-letter queue of its own. */
export const queueNames = ['unzip', 'files', 'zips'] as const;
export type QueueName = (typeof queueNames)[number];

export interface UnzipMessage extends JobRef {
  /** Path of the zip below the job's prefix in `uploads`. */
  archive: string;
}

export interface PredictMessage extends JobRef {
  path: string;
}

export interface ZipMessage extends JobRef {
  generation: number;
}

export interface Messages {
  unzip: UnzipMessage;
  files: PredictMessage;
  zips: ZipMessage;
}
