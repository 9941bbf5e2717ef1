/** Runs both in turns, so that a machine that gets slower hits both: a warm-up of each, then `pairs` pairs. */
export async function takeTurns(
  pairs: number,
  ours: () => Promise<number>,
  reference: () => Promise<number>,
  { warmUp = true } = {},
): Promise<{ ours: number[]; reference: number[] }> {
  const measured = { ours: [] as number[], reference: [] as number[] };
  if (warmUp) {
    await ours();
    await reference();
  }
  for (let pair = 0; pair < pairs; pair++) {
    measured.ours.push(await ours());
    measured.reference.push(await reference());
  }
  return measured;
}

/** Seconds that the work takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
