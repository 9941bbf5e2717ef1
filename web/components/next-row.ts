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
  const next = (): number | undefined => {
    switch (key) {
      case 'ArrowDown':
        return walk(at + 1, 1);
      case 'ArrowUp':
        return walk(at - 1, -1);
      case 'Home':
        return walk(0, 1);
      case 'End':
        return walk(count - 1, -1);
      default:
        return undefined;
    }
  };
  const found = next();
  return found === at ? undefined : found;
}
