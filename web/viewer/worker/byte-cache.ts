/** Keeps what was made last, up to a number of bytes. */
export interface ByteCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T, bytes: number): void;
  delete(key: string): void;
}

export function byteCache<T>(most: number): ByteCache<T> {
  const kept = new Map<string, { value: T; bytes: number }>();
  let sum = 0;
  const drop = (key: string) => {
    sum -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    delete: drop,
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key); // to the young end
      kept.set(key, found);
      return found.value;
    },
    set(key, value, bytes) {
      drop(key);
      kept.set(key, { value, bytes });
      sum += bytes;
      for (const oldest of kept.keys()) {
        if (sum <= most || oldest === key) break;
        drop(oldest);
      }
    },
  };
}
