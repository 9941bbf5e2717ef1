/** The items in order, so many at a time; the last batch may be smaller, and nothing has none. */
export function* batchesOf<T>(items: readonly T[], size: number): Generator<readonly T[], undefined> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
  return undefined;
}
