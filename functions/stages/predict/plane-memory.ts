import type { Image } from '../../image/image.ts';
import type { Predictor } from '../../ports/predictor.ts';
import { type Scale, scaledSize } from './scale.ts';

/** Bytes of a pixel as it is stored that count as part of what the model and the labels take. */
const usualBytes = 8;

/**
/**
 * Bytes that one plane of an image takes while it is worked on; a page of very many samples a pixel takes more to read, a
 * plane that is enlarged for the model more to predict. `invert`: the model gets a copy.
 */
export function planeMemory(
  { info, readBytes = 0 }: Image,
  engine: Predictor,
  { invert, scale }: { invert?: boolean | undefined; scale?: Scale } = {},
): number {
  const given = scale !== undefined && scale.factor < 1 ? scaledSize(info, scale) : info;
  const stored = usualBytes * info.height * info.width;
  const copy = invert === true ? stored : 0;
  return copy + engine.memoryBytes(given.height, given.width) + Math.max(0, readBytes - stored);
}
