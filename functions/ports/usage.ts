/** What one owner has used. */
export interface Counters {
  jobs: number;
  /** That were announced, before they arrive; a zip is one. */
  files: number;
  bytes: number;
}

/** What a counter may reach in a day; absent: it has no limit. */
type Limits = Partial<Counters>;

interface Overspent {
  counter: keyof Counters;
  used: number;
  limit: number;
}

/** Counters an owner and day (`2026-08-31`, UTC). What was acknowledged survives the death of the process. */
export interface Usage {
  /** Adds the amounts and returns undefined, or, where one would pass its limit, adds nothing and says which. One step. */
  spend(owner: string, day: string, amounts: Partial<Counters>, limits: Limits): Promise<Overspent | undefined>;
  /** Zeros where nothing was spent. */
  of(owner: string, day: string): Promise<Counters>;
  /** By owner, what was used on the days from `from` to `to`, both of them included. At least the last 62 days are there. */
  total(from: string, to: string): Promise<Map<string, Counters>>;
  /** Forgets all that one owner used until today, which is a day as above; repeat it when it was cut off. */
  forgetOwner(owner: string, today: string): Promise<void>;
  /** Forgets the days before. */
  forget(before: string): Promise<void>;
}
