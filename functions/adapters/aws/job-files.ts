import { Failure } from '../../core/errors.ts';
import type { Job, JobFile } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Change } from './dynamo-expressions.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { writtenAtOnce } from './dynamo-table.ts';
import { fileKey, fileOf, jobKey } from './job-items.ts';
import type { JobRetention } from './job-retention.ts';
import type { FilesOwner } from './job-shards.ts';

/**
 * What the changes of files work on. Each is one transaction with the job's counter, which is added to under a condition
 * that says the rule: any number of callers can finish files of one job, and none makes another start over. Only the end of
 * a file of a job whose files are spread is none (job-counts).
 */
export interface JobFiles {
  table: DynamoTable;
  /** The job as its readers see it. */
  find(ref: JobRef): Promise<Job | undefined>;
  clock: Clock;
  retention: JobRetention;
}

/** Files of one transaction: one write is the job's. */
export const filesAtOnce = writtenAtOnce - 1;

/** Throws `jobMissing`. */
export async function existingJob({ find }: JobFiles, ref: JobRef): Promise<Job> {
  const job = await find(ref);
  if (job === undefined) throw new Failure('jobMissing', { job: ref.id });
  return job;
}

/** By their paths, those that there are. */
export async function knownFiles(
  { table }: JobFiles,
  job: FilesOwner,
  files: readonly { path: string }[],
): Promise<Map<string, JobFile>> {
  const found = (await table.getAll(files.map(({ path }) => fileKey(job, path)))).map(fileOf);
  return new Map(found.map((file) => [file.path, file]));
}

/** Files are added to and finished in jobs of these states. */
export const openRule = {
  where: '#state IN (:uploading, :processing)',
  values: { uploading: 'uploading', processing: 'processing' },
};

/** The job's part of a transaction. Of writers at the same time the last one's clock counts. */
export const countingChange = (
  { clock }: JobFiles,
  ref: JobRef,
  add: Record<string, number>,
  rule: Pick<Change, 'where' | 'values'>,
): Change => ({ key: jobKey(ref), set: { changedAt: clock.now() }, add, ...rule });
