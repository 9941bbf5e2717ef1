/** What one owner has used on one day. */
export interface Counters {
  jobs: number;
  bytes: number;
}

interface Overspent {
  counter: keyof Counters;
  used: number;
  limit: number;
}

/** Counters an owner and day (`2026-08-31`, UTC). What was acknowledged survives the death of the process. */
export interface Usage {
  /** Adds the amounts and returns undefined, or, where one would pass its limit, adds nothing and says which. One step. */
  spend(owner: string, day: string, amounts: Partial<Counters>, limits: Counters): Promise<Overspent | undefined>;
  /** Zeros where nothing was spent. */
  of(owner: string, day: string): Promise<Counters>;
  /** Forgets the days before. */
  forget(before: string): Promise<void>;
}
