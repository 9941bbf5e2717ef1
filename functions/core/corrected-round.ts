import { z } from 'zod';

const by = z.object({ id: z.string(), name: z.string() });
const at = z.iso.datetime();
const revision = z.int().positive();

/** Results of a job with corrected labels: which corrections they have, and who asked for them. The newest round counts. */
export const correctedRound = z.object({
  /** 1, 2, ... of a job. */
  number: z.int().positive(),
  /** Of the job: a retry changes what the round is made of. */
  generation: z.int().positive(),
  by,
  at,
  /** Images with corrections, and the last revision that is in the round. */
  images: z.array(z.object({ path: z.string().min(1), revision })),
});

/** How a round ended. */
export const correctedEnd = z.object({
  number: z.int().positive(),
  at,
  /** Of the zip; absent where it failed, or none was asked for. */
  bytes: z.int().nonnegative().optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** What corrected results say of their corrections. */
export const correctedFrom = z.object({
  revision,
  /** That were stored up to it; undone ones and their undoing count too. */
  operations: z.int().nonnegative(),
  /** Who made them, in order of their names, and when the last one was stored. */
  by: z.array(z.string()),
  at,
});

export type CorrectedRound = z.infer<typeof correctedRound>;
export type CorrectedEnd = z.infer<typeof correctedEnd>;
export type CorrectedFrom = z.infer<typeof correctedFrom>;
