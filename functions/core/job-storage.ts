/** How fast archived results come back: minutes, or hours at a lower price. */
export type RestoreTier = 'expedited' | 'standard';

export const storageStates = ['live', 'archiving', 'archived', 'restoring', 'thawing', 'deleted'] as const;

/**
 * Where the results of a completed job lie, beside the job's state: `live`, or in the archive and on the way there and
 * back; `deleted`: their time in the archive is over. Rules: core/storage-steps.
 */
export interface JobStorage {
  state: (typeof storageStates)[number];
  /** Counts the times that archiving was begun or called off: a message of an earlier round changes nothing. */
  round: number;
  /** Milliseconds since 1970, as all times here; it is in this state since then. */
  since: number;
  /** Of `live`: when it is to be archived. */
  dueAt?: number;
  /** Of `archiving`: one process works on it until then, and no other. */
  lease?: number;
  /** When sweep looks at it; absent where nothing is waited for. */
  lookAt?: number;
  /** Of the archived zip. */
  bytes?: number;
  /** Of `archived`: when its results are deleted; absent: with the job. */
  keptUntil?: number;
  tier?: RestoreTier;
  /** Of `restoring`: by when it is about ready. */
  readyBy?: number;
}
