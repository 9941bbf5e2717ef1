import { z } from 'zod';
import { figureScopes, licences } from '../core/figure.ts';
import { count, cursor, pageLimit, path, printable, printableLines, sha256, time } from './fields.ts';
import { jobId } from './jobs.ts';
import { apiLimits } from './limits.ts';
import { download } from './results.ts';

const scope = z.enum(figureScopes);
const isWellFormed = (text: string): boolean => text.isWellFormed();

/** What people read of a card; null takes it away. */
const words = {
  caption: z.string().min(1).regex(printableLines).refine(isWellFormed, 'not valid Unicode'),
  /** Whom the card names as its author. */
  by: z.string().regex(printable).refine(isWellFormed, 'not valid Unicode').nullable().optional(),
  /** SPDX id; absent or null: all rights reserved. */
  licence: z.enum(licences).nullable().optional(),
  /** When the card goes. Absent or null: of a public card in 30 days; one of the lab stays. */
  until: time.nullable().optional(),
};

/** `by` absent: your name, or for the lab your address. */
export const newFigureBody = z.strictObject({
  /** The image of the job whose preview is shown. */
  path,
  ...words,
  scope,
  /** Draw a scale bar, where the image has a pixel size. Default: yes. */
  scaleBar: z.boolean().optional(),
});

/** What is absent stays; a card that becomes public ends as a new one would, where `until` is absent and it had no end. */
export const changeFigureBody = z.strictObject({
  ...words,
  caption: words.caption.optional(),
  scope: scope.optional(),
});

export const figureParams = z.object({ figure: jobId });

/** `lab`, the default: every card; `public`: those that everybody sees who has their address. */
export const galleryQuery = z.object({
  scope: scope.optional(),
  cursor: cursor.optional(),
  limit: pageLimit(apiLimits.figuresPage),
});

const picture = z.object({ height: count, width: count, ...download.pick({ bytes: true, request: true }).shape });

export const figureView = z.object({
  id: jobId,
  caption: z.string(),
  by: z.string().optional(),
  licence: z.enum(licences).optional(),
  scope,
  until: time.optional(),
  publishedAt: time,
  model: z.object({ name: z.string(), version: z.string(), sha256 }),
  /** How many objects, in words. */
  counted: z.string(),
  /** Micrometres of the scale bar in the picture. */
  barMicrometres: z.number().positive().optional(),
  picture,
  thumbnail: picture,
  /** Of the page of the card; of a public one it may be passed on. */
  url: z.string(),
  /** You published it, and may change it. Of others administrators may only take it away. */
  own: z.boolean(),
  /** Where it came from, of your own. */
  from: z.object({ job: jobId, path: z.string() }).optional(),
});

export const figurePage = z.object({ items: z.array(figureView), cursor: z.string().optional() });

export type FigureView = z.infer<typeof figureView>;
