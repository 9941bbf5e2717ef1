import { isAway } from '../core/storage-steps.ts';
import { allItems } from '../object-streams/all-pages.ts';
import type { JobStore } from '../ports/job-store.ts';

/** Jobs of a person whose results are archived, on their way, or about to go. */
export async function countAway(jobs: Pick<JobStore, 'list'>, owner: string): Promise<number> {
  let away = 0;
  for await (const job of allItems((page) => jobs.list(owner, page))) if (isAway(job)) away++;
  return away;
}
