/**
 * Shape of the one DynamoDB table: what infra makes and what adapters/aws reads and writes. Jobs, their files, usage
 * counters and kept answers live in it. All keys are strings. Every index is sparse and holds keys only; no key of the
 * two global ones changes while a job runs, so that finished files cost them nothing.
 */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Seconds since 1970 at which DynamoDB forgets an item. */
  ttl: 'expiresAt',
  projection: 'KEYS_ONLY',
  indexes: {
    /** Jobs of one owner, by their making. */
    owner: { name: 'owner', partitionKey: 'ownerKey', sortKey: 'ownerSort' },
    /** Jobs that have not ended, by owner and id; the partition is one of a few that the owner falls into. */
    open: { name: 'open', partitionKey: 'openKey', sortKey: 'openSort' },
  },
  localIndexes: {
    /** Files of one job that are not done, by state and path. Local, because its reads must be consistent. */
    undone: { name: 'undone', sortKey: 'undoneSort' },
  },
} as const;
