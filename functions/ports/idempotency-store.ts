/** An answer of the API as it was sent. */
export interface StoredAnswer {
  status: number;
  /** JSON. */
  body: string;
}

/** What became of a request: it is `fresh` and the caller's to answer, or runs elsewhere, or was another, or is answered. */
type IdempotencyClaim = 'fresh' | 'running' | 'other' | StoredAnswer;

/**
 * Answers by Idempotency-Key, so that a repeated request does nothing twice. A key belongs to its owner.
 * What was acknowledged survives the death of the process.
 */
export interface IdempotencyStore {
  /**
   * `request`: digest of what is asked. A claim whose caller neither keeps nor releases it ends after `leaseSeconds`:
   * that process died.
   */
  claim(owner: string, key: string, request: string, leaseSeconds: number): Promise<IdempotencyClaim>;
  /** The answer of a claimed request, for `seconds`. */
  keep(owner: string, key: string, answer: StoredAnswer, seconds: number): Promise<void>;
  /** The request failed in a way that a repeat may not: the key is fresh again. */
  release(owner: string, key: string): Promise<void>;
  /** Forgets every key of one owner; repeat it when it was cut off. */
  forgetOwner(owner: string): Promise<void>;
}
