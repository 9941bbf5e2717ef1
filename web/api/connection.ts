/** Does the service answer? Every call of the page says so. */
export interface Connection {
  reachable(): boolean;
  note(reachable: boolean): void;
  subscribe(listener: () => void): () => void;
}

export function connection(): Connection {
  let reachable = true;
  const listeners = new Set<() => void>();
  return {
    reachable: () => reachable,
    note(now) {
      if (now === reachable) return;
      reachable = now;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
