import type { Operation } from './operations.ts';

/** Least and most value, both included. */
export type Range = readonly [least: number, most: number];

/**
 * Between which values all of an output lie; undefined where nothing says so. `declared`: one range of the package, or one a
 * channel; an end may be absent or infinite. Source: BioImage.IO 0.5, `data.range` of an output, and 0.4, `data_range`.
 */
export function outputRange(declared: readonly unknown[], steps: readonly Operation[]): Range | undefined {
  const ranges = declared.map(wholeRange);
  if (ranges.length > 0 && ranges.every((range) => range !== undefined))
    return [Math.min(...ranges.map(([least]) => least)), Math.max(...ranges.map(([, most]) => most))];
  return ['sigmoid', 'softmax'].includes(steps.at(-1)?.kind ?? '') ? [0, 1] : undefined;
}

function wholeRange(given: unknown): Range | undefined {
  if (!Array.isArray(given) || given.length !== 2) return undefined;
  const [least, most] = given;
  return Number.isFinite(least) && Number.isFinite(most) && least < most ? [least, most] : undefined;
}
