import type { RoundHandler } from '../handler.ts';
import { tidyPictures as stage } from './descriptor.ts';
import { type TidyReport, type TidyServices, tidyPictures } from './tidy.ts';

/** One round, started by the schedule; a round that fails is not repeated, as the next comes soon. */
export const handler = {
  stage,
  handle: tidyPictures,
  logLine: (report) => ['looked at pictures', { report }],
} satisfies RoundHandler<TidyServices, TidyReport>;
