import type { JobView } from '../../functions/contract/jobs.ts';

/** How much of a job's images has ended, 0 to 1; files that are left out are none. */
export const shareDone = ({ counts: { done, failed, leftOut, expected } }: Pick<JobView, 'counts'>): number =>
  expected === leftOut ? 0 : (done + failed) / (expected - leftOut);
