import type { Call } from '../../client/call.ts';
import type { JobView } from '../../functions/contract/jobs.ts';

/** All jobs of the caller, newest first: a call a page of them. */
export async function everyJob(call: Call, signal?: AbortSignal): Promise<JobView[]> {
  const all: JobView[] = [];
  let cursor: string | undefined;
  do {
    const page = await call('listJobs', { query: { cursor }, signal });
    all.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}
