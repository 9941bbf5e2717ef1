/** Where an arrow, Home or End leads in a list of `count` rows, of which some can be focused; undefined where it leads nowhere. */
export function nextRow(
  key: string,
  at: number,
  count: number,
  canFocus: (index: number) => boolean,
): number | undefined {
  const walk = (from: number, by: 1 | -1): number | undefined => {
    for (let index = from; index >= 0 && index < count; index += by) if (canFocus(index)) return index;
    return undefined;
  };
  const found: Record<string, () => number | undefined> = {
    ArrowDown: () => walk(at + 1, 1),
    ArrowUp: () => walk(at - 1, -1),
    Home: () => walk(0, 1),
    End: () => walk(count - 1, -1),
  };
  const next = found[key]?.();
  return next === at ? undefined : next;
}
