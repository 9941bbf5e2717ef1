import type { Image } from '../../image/image.ts';
import type { Predictor } from '../../ports/predictor.ts';

/** Bytes of a pixel as it is stored that count as part of what the model and the labels take. */
const usualBytes = 8;

/**
 * Bytes that one plane of an image takes while it is worked on; a page of very many samples a pixel takes more to read.
 * `invert`: the model gets a copy.
 */
export function planeMemory(
  { info: { height, width }, readBytes = 0 }: Image,
  engine: Predictor,
  invert: boolean | undefined,
): number {
  const copy = invert === true ? usualBytes * height * width : 0;
  return copy + engine.memoryBytes(height, width) + Math.max(0, readBytes - usualBytes * height * width);
}
