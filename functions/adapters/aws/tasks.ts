/** Work beside the caller's own. */
export interface Tasks {
  /** Waits until fewer than the limit run, then starts the task. Throws the first failure of an earlier one. */
  start(task: () => Promise<void>): Promise<void>;
  /** Waits for all. Throws the first failure. */
  end(): Promise<void>;
}

/** At most `atOnce` under way. */
export function tasks(atOnce: number): Tasks {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const check = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    async start(task) {
      while (running.size >= atOnce) await Promise.race(running);
      check();
      const run: Promise<void> = task()
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(run));
      running.add(run);
    },
    async end() {
      while (running.size > 0) await Promise.all(running);
      check();
    },
  };
}
