import { batchesOf } from '../../async/batches.ts';
import type { NewFile } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import { countingChange, existingJob, filesAtOnce, type JobFiles, knownFiles, openRule } from './job-files.ts';
import { newFileFields } from './job-items.ts';
import type { FilesOwner } from './job-shards.ts';

/** How many were new; those behind the moment at which the job closed are not. */
export async function registerFiles(on: JobFiles, ref: JobRef, files: readonly NewFile[]): Promise<number> {
  const job = await existingJob(on, ref);
  if (!transitions.isOpen(job)) return 0;
  const named = new Map<string, NewFile>();
  for (const file of files) if (!named.has(file.path)) named.set(file.path, file);
  let added = 0;
  for (const batch of batchesOf([...named.values()], filesAtOnce)) {
    const registered = await registerBatch(on, job, batch);
    if (registered === undefined) break;
    added += registered;
  }
  return added;
}

/** Undefined: no file can be added any more. */
function registerBatch(on: JobFiles, job: FilesOwner, files: readonly NewFile[]): Promise<number | undefined> {
  const { table, clock, retention } = on;
  let unknown = files;
  return withoutRace(async () => {
    if (unknown.length === 0) return 0;
    const bytes = unknown.reduce((sum, file) => sum + file.bytes, 0);
    const counters = { expected: unknown.length, bytes, leftOut: transitions.countLeftOut(unknown) };
    const failed = await table.transact([
      countingChange(on, job, counters, {
        where: `#sealed = :open AND ${openRule.where}`,
        values: { open: false, ...openRule.values },
      }),
      ...unknown.map((file) => ({
        put: newFileFields(job, transitions.newFile(file), retention.ofFile(clock.now())),
        where: 'attribute_not_exists(#pk)',
      })),
    ]);
    if (failed.length === 0) return unknown.length;
    if (failed.includes(0)) return undefined;
    const there = await knownFiles(on, job, unknown);
    unknown = unknown.filter(({ path }) => !there.has(path));
    return again;
  });
}
