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

interface ChangeOptions {
  /** The rule looks at counters, so that they must be the same, too. */
  looksAtCounters?: boolean;
  /** Of a job whose files are spread: its counters before the change, which are written with it; undefined where it does not apply. */
  count?: (job: Job) => Promise<Job | undefined>;
}

const unchanged = '#version = :version';
const sameCounters = '#expected = :expected AND #done = :done AND #failed = :failed AND #changedAt = :changedAt';

/** One transition of the job alone. */
export async function changeJob(
  on: JobTable,
  ref: JobRef,
  transition: Transition,
  { looksAtCounters = false, count }: ChangeOptions = {},
): Promise<Job | undefined> {
  let stored = await on.table.get(jobKey(ref));
  return withoutRace(async () => {
    const fields = shownFields(on, stored);
    if (fields === undefined) throw new Failure('jobMissing', { job: ref.id });
    const { version, expected, done, failed, changedAt } = fields as Record<string, string>;
    const isCounted = count !== undefined && fields.shards !== undefined;
    const before = isCounted ? await count(jobOf(fields)) : jobOf(fields);
    const job = before && transition(before, on.clock.now());
    if (job === undefined) return undefined;
    const comparesCounters = looksAtCounters && !isCounted;
    const written = await on.table.update({
      key: jobKey(ref),
      set: {
        ...changingFields(job, on.retention.ofEnded(job)),
        ...(isCounted && { done: job.done, failed: job.failed }),
      },
      where: comparesCounters ? `${unchanged} AND ${sameCounters}` : unchanged,
      values: { version: version!, ...(comparesCounters && { expected, done, failed, changedAt }) },
    });
    if (written.applied) return jobOf(written.fields!);
    stored = written.fields;
    return again;
  });
}
