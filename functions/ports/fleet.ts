/** What became of a look at the queue `large`. */
export interface FleetReport {
  /** Images that wait; a store may lag behind. */
  waiting: number;
  /** Machines that work or are about to. */
  running: number;
  started: number;
  /** No machine was started, for the month's limit is reached: what waits goes on with the next month, or a higher limit. */
  paused: boolean;
}

/** The machines that take images from the queue `large`. Each ends by itself when the queue has stayed empty. */
export interface Fleet {
  /** MB of memory that the largest machine has for one plane. */
  readonly planeMb: number;
  /**
   * Starts what is missing for what waits, up to the most machines that the stack may have. `memoryMb`: a plane takes so
   * much; without it a machine of the smallest size is enough. `sent`: images that were sent just now, which the queue may
   * not count yet. Safe to repeat and to run twice at once: what is started too much finds nothing and ends.
   */
  ensure(need?: { memoryMb?: number | undefined; sent?: number }): Promise<FleetReport>;
}

/** What the machines of a stack cost, by month (`2026-11`, UTC). What was acknowledged survives the death of the process. */
export interface Spending {
  /** US dollars more. */
  add(month: string, usd: number): Promise<void>;
  /** US dollars; 0 where nothing was spent. */
  spent(month: string): Promise<number>;
}
