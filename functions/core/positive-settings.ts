import { z } from 'zod';
import { backgroundText, mostRules, type Threshold } from './positive.ts';

/** Pixels of a ring, at most: wider ones are no cytoplasm, and take longer. */
export const widestRing = 500;
export const ringDistance = z.number().min(1).max(widestRing);

const background = z.string().regex(backgroundText) as unknown as z.ZodType<Extract<Threshold, `bg+${string}`>>;
const threshold = z.union([z.number(), z.literal('otsu'), background]);
const rule = z.strictObject({
  channel: z.union([z.int().nonnegative().max(999), z.string().min(1).max(200)]),
  threshold,
});

/** In which channels objects are positive or not. That each channel is there once (`areRules`) a JSON schema cannot say. */
export const positiveRules = z.array(rule).min(1).max(mostRules);
