import type { RoundHandler } from '../handler.ts';
import { sweep } from './descriptor.ts';
import { type SweepPorts, type SweepReport, sweepJobs } from './sweep.ts';

/** One round, started by the schedule; a round that fails is not repeated, as the next comes soon. */
export const handler = {
  stage: sweep,
  handle: sweepJobs,
  logLine: (report) => ['swept', { report }],
} satisfies RoundHandler<SweepPorts, SweepReport>;
