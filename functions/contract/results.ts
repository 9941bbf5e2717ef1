import { z } from 'zod';
import { resultKinds, tableNames } from '../core/object-keys.ts';
import { fileSummary } from '../core/summary.ts';
import { count, path, time } from './fields.ts';
import { apiLimits } from './limits.ts';
import { signedRequest } from './signed-request.ts';

/** `corrected`: of the newest round of corrected results that is ready. Default: as the model found them. */
const whichLabels = z.enum(['original', 'corrected']).optional();

export const downloadQuery = z.object({ labels: whichLabels });

/** Without a path: the tables of the whole job. */
export const resultsQuery = z.object({ path: path.optional(), labels: whichLabels });

export const inputQuery = z.object({ path });

/** As POST …/links gave it; any other is a link that does not exist. */
export const linkParams = z.object({ token: z.string().regex(/^[\w.-]{1,2000}$/) });

export const linkBody = z.strictObject({ days: z.int().min(1).max(apiLimits.linkDays) });

export const download = z.object({
  fileName: z.string(),
  bytes: count,
  request: signedRequest.extend({ method: z.literal('GET') }),
});

/** Whoever has it can download the zip, without signing in, until it expires or the job is deleted. */
export const linkView = z.object({ url: z.string(), expiresAt: time });

export const results = z.object({
  path: z.string().optional(),
  files: z.array(download.extend({ kind: z.enum([...resultKinds, ...tableNames]) })),
  /**
   * How near each pixel is to the threshold, as the model found it, for corrections: a TIFF of bytes, 128 at the threshold. Only with
   * a path, and of a job whose model has such a map.
   */
  foreground: download.optional(),
  /** What the image was and what came out; only with a path. */
  summary: fileSummary.optional(),
});

export type Download = z.infer<typeof download>;
export type LinkView = z.infer<typeof linkView>;
export type Results = z.infer<typeof results>;
