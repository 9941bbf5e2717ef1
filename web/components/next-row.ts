/** Where an arrow, Home or End leads in a list of `count` rows, of which some can be focused; undefined where it leads nowhere. */
export function nextRow(
  key: string,
  at: number,
  count: number,
  canFocus: (index: number) => boolean,
): number | undefined {
  const ways: Record<string, [from: number, by: 1 | -1]> = {
    ArrowDown: [at + 1, 1],
    ArrowUp: [at - 1, -1],
    Home: [0, 1],
    End: [count - 1, -1],
  };
  const way = ways[key];
  if (way === undefined) return undefined;
  const [from, by] = way;
  let next = from;
  while (next >= 0 && next < count && !canFocus(next)) next += by;
  return next < 0 || next >= count || next === at ? undefined : next;
}
