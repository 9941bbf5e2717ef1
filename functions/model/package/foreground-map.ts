import { foregroundIndex, mapNames } from './maps.ts';
import type { InstanceSettings } from './settings.ts';
import type { OutputTensor } from './tensors.ts';
import { thresholdRange } from './threshold-range.ts';
import type { Range } from './value-range.ts';

/** The map that says what belongs to objects. */
export interface ForegroundMap {
  /** Among all maps of the model. */
  index: number;
  /** From which value on a pixel belongs to one, in units of the map. */
  threshold: number;
  /** Between which values the map lies, where the package says so. */
  range?: Range;
}

/** Undefined of a model whose map has the objects already. */
export function foregroundMap(
  outputs: readonly OutputTensor[],
  instances: InstanceSettings,
): ForegroundMap | undefined {
  const index = foregroundIndex(mapNames({ outputs }), instances);
  if (index === undefined || instances.method === 'labels') return undefined;
  const range = thresholdRange(outputs, instances);
  return { index, threshold: instances.threshold, ...(range !== undefined && { range }) };
}
