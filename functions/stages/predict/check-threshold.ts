import { Failure } from '../../core/errors.ts';
import type { ModelInput } from './channel.ts';

/** Throws `thresholdOutside` where the model's map has no value on one side of it: all or nothing would be an object. */
export function checkThreshold({ thresholds }: ModelInput, threshold: number | undefined): void {
  if (threshold === undefined || thresholds === undefined) return;
  const [least, most] = thresholds;
  if (threshold < least || threshold > most) throw new Failure('thresholdOutside', { threshold, least, most });
}
