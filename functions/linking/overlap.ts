import type { LabelRuns } from './label-runs.ts';

/** Two objects of two planes that share pixels; both zero-based: label less 1. */
export interface Overlap {
  one: number;
  two: number;
  pixels: number;
}

/** Every pair of objects of two planes of one size that share pixels, by `one`, then `two`. */
export function overlaps(first: LabelRuns, second: LabelRuns): Overlap[] {
  const shared = new Map<number, number>();
  for (let y = 0; y < first.height; y++) {
    let s = second.rows[y]!;
    const last = second.rows[y + 1]!;
    for (let f = first.rows[y]!; f < first.rows[y + 1]! && s < last; f++) {
      while (s < last && second.end[s]! <= first.start[f]!) s++;
      for (let k = s; k < last && second.start[k]! < first.end[f]!; k++) {
        const pixels = Math.min(first.end[f]!, second.end[k]!) - Math.max(first.start[f]!, second.start[k]!);
        const pair = (first.label[f]! - 1) * second.count + second.label[k]! - 1;
        shared.set(pair, (shared.get(pair) ?? 0) + pixels);
      }
    }
  }
  return [...shared.keys()]
    .sort((a, b) => a - b)
    .map((pair) => ({
      one: Math.floor(pair / second.count),
      two: pair % second.count,
      pixels: shared.get(pair)!,
    }));
}

/** Intersection over union. */
export const overlapShare = (pixels: number, one: number, two: number): number => pixels / (one + two - pixels);
