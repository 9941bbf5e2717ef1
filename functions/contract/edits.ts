import { z } from 'zod';
import { editEntry, editOperation } from '../core/edits.ts';
import { count, path, time } from './fields.ts';
import { apiLimits } from './limits.ts';

const revision = z.int().nonnegative();

/** `after`: the revision that is known; what was stored since is the answer. */
export const editsQuery = z.object({
  path,
  after: z
    .string()
    .regex(/^(0|[1-9]\d{0,8})$/)
    .transform(Number)
    .optional(),
});

export const editsBody = z.strictObject({
  path,
  /** The last revision that their editor has seen; 0: none. */
  after: revision,
  operations: z.array(editOperation).min(1).max(apiLimits.editsPerCall),
});

export const editEntries = z.object({
  /** Of the last entry; what was asked for where there is none. */
  revision,
  entries: z.array(editEntry),
  /** There are entries after these. */
  more: z.boolean(),
});

export const corrections = z.object({
  /** Images with corrections, and the last revision of each. */
  images: z.array(z.object({ path: z.string(), revision })),
  /** The newest round of corrected results. */
  round: z
    .object({
      number: z.int().positive(),
      state: z.enum(['working', 'ready', 'failed']),
      /** Who asked for it. */
      by: z.string(),
      at: time,
      images: z.array(z.object({ path: z.string(), revision })),
      /** Of the zip. */
      bytes: count.optional(),
      failure: z.object({ code: z.string(), message: z.string() }).optional(),
      /** Corrections were stored since, or the job was retried: another round would have more. */
      outdated: z.boolean(),
    })
    .optional(),
});

export type EditEntries = z.infer<typeof editEntries>;
export type Corrections = z.infer<typeof corrections>;
