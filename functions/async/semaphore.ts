/** Asks for so much of what is limited, and waits until it is there; the result gives it back, once. */
export type Semaphore = (amount: number) => Promise<() => void>;

/** First come, first served, while the amounts fit the limit; what is larger than the limit goes in alone, never not at all. */
export function weightedSemaphore(limit: number): Semaphore {
  let used = 0;
  const waiting: { amount: number; enter: () => void }[] = [];
  const admitNext = () => {
    for (let next = waiting[0]; next !== undefined && (used === 0 || used + next.amount <= limit); next = waiting[0]) {
      waiting.shift();
      used += next.amount;
      next.enter();
    }
  };
  return async (amount) => {
    await new Promise<void>((enter) => {
      waiting.push({ amount, enter });
      admitNext();
    });
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      used -= amount;
      admitNext();
    };
  };
}

/** Lets at most `limit` pieces of work run at a time; the others wait in the order they came. */
export function limiter(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const enter = weightedSemaphore(limit);
  return async (work) => {
    const leave = await enter(1);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
