import type { JobView } from '../../functions/contract/schemas.ts';

/** How much of a job's files has ended, 0 to 1. */
export const shareDone = ({ counts: { done, failed, leftOut, expected } }: Pick<JobView, 'counts'>): number =>
  expected === 0 ? 0 : (done + failed + leftOut) / expected;
