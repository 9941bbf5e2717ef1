import type { ObjectClasses, PixelRuns } from '../../ports/predictor.ts';

/** One map a class, rows x columns each. */
export interface ClassMap {
  name: string;
  data: Float32Array;
}

/** Each object's class: the one whose map has the highest mean in it, of equal ones the first. */
export function classesOf({ start, end, of }: PixelRuns, count: number, maps: readonly ClassMap[]): ObjectClasses {
  const area = new Float64Array(count);
  for (let r = 0; r < of.length; r++) area[of[r]!]! += end[r]! - start[r]!;
  const best = new Float64Array(count);
  const probability = new Float64Array(count).fill(-Infinity);
  for (const [at, { data }] of maps.entries()) {
    const sum = new Float64Array(count);
    for (let r = 0; r < of.length; r++) {
      let total = 0;
      for (let p = start[r]!; p < end[r]!; p++) total += data[p]!;
      sum[of[r]!]! += total;
    }
    for (let i = 0; i < count; i++) {
      const mean = sum[i]! / area[i]!;
      if (!(mean > probability[i]!)) continue;
      probability[i] = mean;
      best[i] = at;
    }
  }
  return { names: Array.from(best, (at) => maps[at]!.name), probability };
}
