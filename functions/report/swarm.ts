/**
 * How far points of one strip stand from its middle so that they do not cover one another: each as near to it as there is
 * room, at most `limit` away. `heights`: of their centres; all lengths in one unit. The same heights give the same offsets.
 */
export function swarmOffsets(heights: readonly number[], diameter: number, limit: number): number[] {
  const offsets = new Array<number>(heights.length).fill(0);
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]! || a - b);
  const steps = Math.floor(limit / (diameter / 2));
  const candidates = Array.from({ length: 2 * steps + 1 }, (_, i) => (diameter / 4) * (i % 2 === 0 ? 0 - i : i + 1));
  let from = 0;
  order.forEach((point, k) => {
    const height = heights[point]!;
    while (height - heights[order[from]!]! >= diameter) from++;
    const near = order.slice(from, k);
    const isFree = (x: number) =>
      near.every((other) => Math.hypot(x - offsets[other]!, height - heights[other]!) >= diameter * 0.99);
    // Where more points are alike than have room, the rest lies on the others.
    offsets[point] = candidates.find(isFree) ?? candidates[k % candidates.length]!;
  });
  return offsets;
}
