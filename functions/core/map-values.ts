/** The same keys with changed values. */
export const mapValues = <K extends string, V, R>(
  record: Readonly<Record<K, V>>,
  change: (value: V) => R,
): Record<K, R> =>
  Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, change(value)])) as Record<K, R>;
