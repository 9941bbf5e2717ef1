/** Where an arrow, Home or End leads in a grid of `count` tiles; undefined for other keys, and where it leads nowhere. */
export function nextTile(key: string, at: number, columns: number, count: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined || next < 0 || next >= count || next === at ? undefined : next;
}
