import { z } from 'zod';

/** Planes are reduced at most by so much before they are predicted: more would leave nothing of the usual plane. */
export const mostReduced = 16;

/** From which value of the model's map of objects a pixel belongs to one; of a probability 0 to 1. */
export const objectThreshold = z.number().min(-1e6).max(1e6);
/** Pixels that an object has at least. */
export const leastPixels = z.int().nonnegative().max(1e9);
/** By which whole factor planes are reduced before they are predicted. */
export const scaleFactor = z.int().min(1).max(mostReduced);
