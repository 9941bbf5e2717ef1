import type { Job, JobFile, MachineState, Outcome } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import { countEnded, countedWhenReady, hasPending } from './job-counts.ts';
import { countingChange, existingJob, type JobFiles, knownFiles, openRule } from './job-files.ts';
import { changingFileFields, fileKey } from './job-items.ts';
import { type FilesOwner, filePartitionOf } from './job-shards.ts';

/** The job as it is then; undefined where the file was not pending. */
export const finishFile = (on: JobFiles, ref: FilesOwner, path: string, outcome: Outcome): Promise<Job | undefined> =>
  withoutRace(async () => {
    // Both at once: most jobs have their files with them.
    const [job, file] = await Promise.all([
      existingJob(on, ref),
      ref.shards === undefined ? knownFiles(on, ref, [{ path }]) : new Map<string, JobFile>(),
    ]);
    const { shards } = job;
    if (shards !== undefined) return finishSpread(on, { ...job, shards }, path, outcome);
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

/** Of a file alone: it counts nowhere. False where it is not pending. */
export async function placeFile(on: JobFiles, ref: JobRef, path: string, state: MachineState): Promise<boolean> {
  const job = await existingJob(on, ref);
  const next = transitions.placeFile(job, { path, bytes: 0, state: 'pending' }, state, on.clock.now());
  if (next === undefined) return false;
  const { applied } = await on.table.update({
    key: fileKey(job, path),
    set: { machine: JSON.stringify(next.machine) },
    where: '#state = :pending',
    values: { pending: 'pending' },
  });
  return applied;
}

/** The file's own condition lets one caller through, without a transaction that others of the job would be in the way of. */
async function finishSpread(
  on: JobFiles,
  job: Job & Required<Pick<Job, 'shards'>>,
  path: string,
  outcome: Outcome,
): Promise<Job | undefined> {
  const next = transitions.finishFile(job, { path, bytes: 0, state: 'pending' }, outcome, on.clock.now());
  if (next === undefined) return undefined;
  const { applied } = await on.table.update({
    key: fileKey(job, path),
    set: changingFileFields(next.file),
    where: '#state = :pending',
    values: { pending: 'pending' },
  });
  if (!applied) return undefined;
  await countEnded(on, job, path, outcome.state);
  return seenAfter(on, next.job, path);
}

/**
 * Looks only now, after the file was written: of those that end the last files of different shards, the one that wrote last
 * sees no file pending in any. Nearly always its own shard says already that others are.
 */
async function seenAfter(on: JobFiles, job: Job, path: string): Promise<Job> {
  if (await hasPending(on.table, [filePartitionOf(job, path)])) return job;
  // Whoever closes the job after this read looks at all shards after that.
  const now = (await on.find(job)) ?? job;
  return (await countedWhenReady(on.table, now)) ?? now;
}
