import type { Job } from '../core/job.ts';
import type { JobRef } from '../core/object-keys.ts';
import { isTerminal } from '../core/transitions.ts';
import type { JobStore } from '../ports/job-store.ts';

/** The same job table, which says when one job has ended: by completion, failure, cancelling or expiry. */
export function watchJob(jobs: JobStore, { owner, id }: JobRef, ended: (job: Job) => void): JobStore {
  const tell = async (change: Promise<Job | undefined>) => {
    const job = await change;
    if (job?.owner === owner && job.id === id && isTerminal(job)) ended(job);
    return job;
  };
  return {
    ...jobs,
    complete: (ref, generation) => tell(jobs.complete(ref, generation)),
    fail: (ref, failure, generation) => tell(jobs.fail(ref, failure, generation)),
    cancel: (ref) => tell(jobs.cancel(ref)),
    expire: (ref) => tell(jobs.expire(ref)),
  };
}
