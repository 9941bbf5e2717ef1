import { foregroundIndex, mapNames } from './maps.ts';
import type { InstanceSettings } from './settings.ts';
import type { OutputTensor } from './tensors.ts';
import type { Range } from './value-range.ts';

/**
 * Least and most value of the map that decides what belongs to objects, where the package says so; undefined also where the
 * model's own threshold lies outside, so that what it says cannot be meant.
 */
export function thresholdRange(outputs: readonly OutputTensor[], instances: InstanceSettings): Range | undefined {
  if (instances.method === 'labels') return undefined;
  if (instances.method === 'stardist') return [0, 1];
  const map = foregroundIndex(mapNames({ outputs }), instances)!;
  const [least, most] = outputs.flatMap(({ channels, range }) => channels.map(() => range))[map] ?? [];
  if (least === undefined || most === undefined) return undefined;
  return instances.threshold >= least && instances.threshold <= most ? [least, most] : undefined;
}
