/** Counts calls of ports, and stops before one of them. */
interface CallCounter {
  calls: number;
  /** The port; before its call number `at`, from 0 on over all ports of the counter, `before` is awaited. */
  of<T extends object>(port: T): T;
}

export function atCall(at: number, before: () => Promise<void>): CallCounter {
  const counter: CallCounter = {
    calls: 0,
    of<T extends object>(port: T): T {
      const counted: Record<string, unknown> = {};
      for (const [name, method] of Object.entries(port))
        counted[name] =
          typeof method !== 'function'
            ? method
            : async (...args: unknown[]) => {
                if (counter.calls++ === at) await before();
                return method.apply(port, args);
              };
      return counted as T;
    },
  };
  return counter;
}
