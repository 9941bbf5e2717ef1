import type { Job } from '../core/job.ts';
import { imageFiles, refusalCodes } from '../core/transitions.ts';
import { allItems } from '../object-streams/all-pages.ts';
import type { JobStore } from '../ports/job-store.ts';

/**
 * Files of a job that count towards its limit: images that were sent or are on their way, not what is left out or was never
 * sent. They are looked up only where there may be more than `enough`.
 */
export async function sentImages(job: Job, enough: number, jobs: Pick<JobStore, 'files'>): Promise<number> {
  const images = imageFiles(job);
  if (images <= enough) return images;
  let unsent = 0;
  for await (const { failure } of allItems((page) => jobs.files(job, { ...page, state: 'failed' })))
    if (refusalCodes.includes(failure?.code ?? '')) unsent++;
  return images - unsent;
}
