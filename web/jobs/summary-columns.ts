import { combinationNames, type PositiveRule } from '../../functions/core/positive.ts';

/** Of the summary of a job: how many objects, how large, how many positive. The thresholds and all else are in the others. */
export function summaryColumns(rules: readonly PositiveRule[]): { first: string[]; best: string[] } {
  const combinations = rules.length === 0 ? [] : combinationNames(rules);
  const sizes = ['mean_area_um2', 'mean_area_px'];
  return {
    first: ['path', 'objects', 'objects_per_plane', ...combinations, ...sizes, 'notes'],
    best: combinations.slice(0, 1),
  };
}
