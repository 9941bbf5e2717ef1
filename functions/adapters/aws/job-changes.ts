import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import type { Clock } from '../../ports/clock.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import type { Fields } from './dynamo-items.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { changingFields, isRemoved, jobKey, jobOf } from './job-items.ts';
import type { JobRetention } from './job-retention.ts';

export interface JobTable {
  table: DynamoTable;
  clock: Clock;
  retention: JobRetention;
}

/** Without what is removed, or past its end while DynamoDB has not yet got round to deleting it. */
export function shownFields({ clock }: Pick<JobTable, 'clock'>, fields: Fields | undefined): Fields | undefined {
  if (fields === undefined || isRemoved(fields)) return undefined;
  return fields.expiresAt !== undefined && Number(fields.expiresAt) * 1000 <= clock.now() ? undefined : fields;
}

export async function findJob(on: JobTable, ref: JobRef): Promise<Job | undefined> {
  const fields = shownFields(on, await on.table.get(jobKey(ref)));
  return fields && jobOf(fields);
}

type Transition = (job: Job, now: number) => Job | undefined;

const unchanged = '#version = :version';
const sameCounters = '#expected = :expected AND #done = :done AND #failed = :failed AND #changedAt = :changedAt';

/** One transition of the job alone. `looksAtCounters`: its rule does, so that they must be the same, too. */
export async function changeJob(
  on: JobTable,
  ref: JobRef,
  transition: Transition,
  { looksAtCounters = false } = {},
): Promise<Job | undefined> {
  let stored = await on.table.get(jobKey(ref));
  return withoutRace(async () => {
    const fields = shownFields(on, stored);
    if (fields === undefined) throw new Failure('jobMissing', { job: ref.id });
    const { version, expected, done, failed, changedAt } = fields as Record<string, string>;
    const job = transition(jobOf(fields), on.clock.now());
    if (job === undefined) return undefined;
    const written = await on.table.update({
      key: jobKey(ref),
      set: changingFields(job, on.retention.ofEnded(job)),
      where: looksAtCounters ? `${unchanged} AND ${sameCounters}` : unchanged,
      values: { version: version!, ...(looksAtCounters && { expected, done, failed, changedAt }) },
    });
    if (written.applied) return jobOf(written.fields!);
    stored = written.fields;
    return again;
  });
}
