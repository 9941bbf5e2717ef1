/**
 * Runs `work` on items, at most `ahead` at a time, and yields the results in the order of the items. The first failure
 * is thrown in its turn; what is still running then is awaited, so that nothing works on behind the caller's back.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  const iterator = items[Symbol.iterator]();
  const startNext = () => {
    const next = iterator.next();
    if (next.done === true) return;
    const started = work(next.value);
    started.catch(() => {}); // observed below, when its turn comes
    running.push(started);
  };
  try {
    for (let i = 0; i < concurrency; i++) startNext();
    while (running.length > 0) {
      const result = await running[0]!;
      void running.shift(); // awaited above
      startNext();
      yield result;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
