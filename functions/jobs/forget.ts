import { type JobRef, jobBuckets, jobPrefix } from '../core/object-keys.ts';
import type { Ports } from '../ports/ports.ts';
import type { SignedAccess } from '../ports/signed-access.ts';

/** Removes a job with its images, results and unfinished uploads; the row last, so that a removal that is cut off can be repeated. */
export async function forgetJob(
  job: JobRef,
  { jobs, objects, signed }: Pick<Ports, 'jobs' | 'objects'> & { signed: SignedAccess },
): Promise<void> {
  await jobs.cancel(job);
  for (const bucket of jobBuckets) {
    await signed.abortAll(bucket, jobPrefix(job));
    await objects.removeAll(bucket, jobPrefix(job));
  }
  await jobs.remove(job);
}
