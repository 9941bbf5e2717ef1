import { sweep } from './descriptor.ts';
import { sweepJobs } from './sweep.ts';

/** One round, started by the schedule. */
export const sweepHandler = { stage: sweep, handle: sweepJobs };
