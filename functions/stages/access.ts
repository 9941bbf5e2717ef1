/** What a function may touch, and nothing else. On AWS each entry becomes a statement of its role (policies/access-statements). */
export interface Access {
  /** Bytes and sizes of objects, also as the source of a copy. */
  reads: readonly Bucket[];
  /** Which objects there are; also that one is missing, which S3 tells only those who may list. */
  lists: readonly Bucket[];
  writes: readonly Bucket[];
  deletes?: readonly Bucket[];
  /** Puts objects together of more than one range: by way of others, below core/keys' composingPrefix, which it reads and removes. */
  composes?: readonly Bucket[];
  /** Unfinished uploads in parts: what arrived of them, and giving them up. */
  parts?: readonly Bucket[];
  /** Methods of each store in the table that it calls. */
  jobs: Methods<JobStore>;
  usage?: Methods<Usage>;
  answers?: Methods<KeptAnswers>;
  sends: readonly QueueName[];
  /** Dead letters it may drain. */
  drains?: readonly QueueName[];
  /** Tells owners: looks up their addresses and sends mail. */
  notifies?: true;
}

/** Anything that runs as a Lambda function. */
export interface Runnable extends Access {
  name: string;
  memoryMb: number;
  timeoutSeconds: number;
}

export type Methods<Port> = readonly Extract<keyof Port, string>[];
