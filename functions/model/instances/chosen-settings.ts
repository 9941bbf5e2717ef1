import type { ObjectChoices } from '../../ports/predictor.ts';
import type { InstanceSettings } from '../package/settings.ts';

/**
 * The model's settings with what the user chose. The least mean of an object follows the threshold: it keeps its share of
 * the way from there to 1, so that a lower threshold also lets fainter objects be.
 */
export function chosenSettings<S extends InstanceSettings>(
  settings: S,
  { threshold = settings.threshold, minSize = settings.minArea }: ObjectChoices = {},
): S {
  const least = 'minForeground' in settings ? settings.minForeground : undefined;
  const follows = least !== undefined && threshold !== settings.threshold;
  return {
    ...settings,
    threshold,
    minArea: minSize,
    ...(follows && { minForeground: leastMean(least, settings.threshold, threshold) }),
  };
}

function leastMean(least: number, before: number, now: number): number {
  const isProbability = before < 1 && now < 1 && least <= 1;
  return isProbability ? now + ((least - before) * (1 - now)) / (1 - before) : least + now - before;
}
