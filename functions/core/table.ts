/**
 * Shape of the one DynamoDB table: what infra makes and what adapters/aws reads and writes. Jobs, their files, usage
 * counters and kept answers live in it. All keys are strings but `changedAt` (ms since 1970).
 */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Seconds since 1970 at which DynamoDB forgets an item. */
  ttl: 'expiresAt',
  indexes: {
    /** Jobs of one owner, newest first. */
    owner: { name: 'owner', partitionKey: 'ownerKey', sortKey: 'ownerSort' },
    /** Jobs that have not ended, by their last change. Sparse: the key goes when the job ends. */
    open: { name: 'open', partitionKey: 'openKey', sortKey: 'changedAt', sortType: 'N' },
  },
} as const;
