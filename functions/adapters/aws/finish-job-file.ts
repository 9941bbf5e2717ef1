import type { Job, Outcome } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import { countingChange, existingJob, type JobFiles, knownFiles, openRule } from './job-files.ts';
import { changingFileFields, fileKey } from './job-items.ts';

/** The job as it is then; undefined where the file was not pending. */
export const finishFile = (on: JobFiles, ref: JobRef, path: string, outcome: Outcome): Promise<Job | undefined> =>
  withoutRace(async () => {
    const [job, file] = await Promise.all([existingJob(on, ref), knownFiles(on, ref, [{ path }])]);
    const pending = file.get(path);
    const next = pending && transitions.finishFile(job, pending, outcome, on.clock.now());
    if (next === undefined) return undefined;
    const failed = await on.table.transact([
      countingChange(on, ref, outcome.state === 'done' ? { done: 1 } : { failed: 1 }, {
        where: `${openRule.where} AND #generation = :generation`,
        values: { ...openRule.values, generation: job.generation },
      }),
      {
        key: fileKey(ref, path),
        set: changingFileFields(next.file),
        where: '#state = :pending',
        values: { pending: 'pending' },
      },
    ]);
    if (failed.length > 0) return again;
    // Read afterwards: of those that finish the last files, at least one sees that all have ended.
    return (await on.find(ref)) ?? next.job;
  });
