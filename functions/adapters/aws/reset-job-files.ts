import { batchesOf } from '../../async/batches.ts';
import type { Job, JobFile } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import { countingChange, existingJob, filesAtOnce, type JobFiles, knownFiles } from './job-files.ts';
import { changingFileFields, fileKey, fileOf, undoneEnd, undoneSortKey } from './job-items.ts';
import { filePartitionsOf } from './job-shards.ts';

/** Makes at most `limit` files that failed in an earlier generation pending again; how many. */
export async function resetFailedFiles(on: JobFiles, ref: JobRef, limit: number): Promise<number> {
  const job = await existingJob(on, ref);
  if (!job.retrying) return 0;
  let count = 0;
  // Another caller may reset the same files first: 0 is only for a pass that found none.
  return withoutRace(async () => {
    let found = false;
    for await (const failed of failedFiles(on, job)) {
      const wanted = failed.filter((file) => transitions.resetFile(job, file, on.clock.now()) !== undefined);
      found ||= wanted.length > 0;
      for (const batch of batchesOf(wanted.slice(0, limit - count), filesAtOnce)) {
        const reset = await resetBatch(on, job, batch);
        if (reset === undefined) return count;
        count += reset;
      }
      if (count >= limit) break;
    }
    return found && count === 0 ? again : count;
  });
}

async function* failedFiles({ table }: JobFiles, job: Job): AsyncGenerator<JobFile[]> {
  for (const pk of filePartitionsOf(job)) {
    const pages = table.query({
      index: 'undone',
      where: '#pk = :pk AND #undoneSort BETWEEN :from AND :to',
      values: { pk, from: undoneSortKey('failed', ''), to: undoneEnd('failed') },
    });
    for await (const page of pages) yield page.map(fileOf);
  }
}

/** Those that are still as they were read; undefined when the retry is over. */
function resetBatch(on: JobFiles, job: Job, files: readonly JobFile[]): Promise<number | undefined> {
  let left = files;
  return withoutRace(async () => {
    if (left.length === 0) return 0;
    const failed = await on.table.transact([
      countingChange(
        on,
        job,
        { failed: -left.length },
        {
          where: '#retrying = :retrying AND #generation = :generation',
          values: { retrying: true, generation: job.generation },
        },
      ),
      ...left.map((file) => ({
        key: fileKey(job, file.path),
        set: changingFileFields(transitions.newFile(file)),
        where: '#state = :failed AND #generation = :failedIn',
        values: { failed: 'failed', failedIn: file.generation ?? 0 },
      })),
    ]);
    if (failed.length === 0) return left.length;
    if (failed.includes(0)) return undefined;
    const now = await knownFiles(on, job, left);
    left = left.filter(({ path, generation }) => {
      const file = now.get(path);
      return file?.state === 'failed' && file.generation === generation;
    });
    return again;
  });
}
