import { forEachLimit } from '../../async/for-each-limit.ts';
import type { Job, JobFile, Outcome } from '../../core/job.ts';
import * as transitions from '../../core/transitions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DynamoTable, Query } from './dynamo-table.ts';
import { countKey, jobKey, undoneEnd, undoneSortKey } from './job-items.ts';
import type { JobRetention } from './job-retention.ts';
import { filePartitionsOf, filesBetweenCounts } from './job-shards.ts';

/*
 * Counters of a job whose files are spread. While it runs they are for people: a process that dies may leave them short, and
 * nothing is decided by them. What decides is the index of the files that are not done, whose reads are consistent. Once the
 * job is sealed and not retrying, no file becomes pending any more; so where every partition was seen without one, and the
 * job did not change meanwhile, all have ended.
 */

/** What counting works on. */
export interface CountedTable {
  table: DynamoTable;
  clock: Clock;
  retention: JobRetention;
}

const maxConcurrentQueries = 16;

const filesOf = (pk: string, state: JobFile['state']) =>
  ({
    index: 'undone',
    where: '#pk = :pk AND #undoneSort BETWEEN :from AND :to',
    values: { pk, from: undoneSortKey(state, ''), to: undoneEnd(state) },
  }) satisfies Query;

/** Whether a file waits in one of these partitions. */
export async function hasPending(table: DynamoTable, partitions: readonly string[]): Promise<boolean> {
  let found = false;
  const look = async (pk: string) => {
    if (found) return;
    for await (const page of table.query({ ...filesOf(pk, 'pending'), limit: 1, keysOnly: true })) {
      found ||= page.length > 0;
      if (found) return;
    }
  };
  await forEachLimit(partitions, Math.min(maxConcurrentQueries, partitions.length), look);
  return found;
}

async function countState(table: DynamoTable, job: Job, state: JobFile['state']): Promise<number> {
  let count = 0;
  await forEachLimit(filePartitionsOf(job), maxConcurrentQueries, async (pk) => {
    const more = await table.count(filesOf(pk, state));
    count += more;
  });
  return count;
}

/** The job with its exact counters, once all of its files have ended; else undefined. */
export async function countedWhenReady(table: DynamoTable, job: Job): Promise<Job | undefined> {
  if (job.approximate === undefined) return job;
  if (!transitions.isClosed(job) || (await hasPending(table, filePartitionsOf(job)))) return undefined;
  const failed = await countState(table, job, 'failed');
  const { approximate: _, ...exact } = job;
  return { ...exact, failed, done: transitions.imageFiles(job) - failed };
}

/** Before the files of a job that has ended are retried: what it counted until then, so that the next round counts on from there. */
export async function countedBeforeRetry(table: DynamoTable, job: Job): Promise<Job> {
  if (job.approximate === undefined) return { ...job, approximate: true };
  const failed = await countState(table, job, 'failed');
  const pending = await countState(table, job, 'pending');
  return { ...job, failed, done: Math.max(0, transitions.imageFiles(job) - failed - pending) };
}

/**
 * Counts a file that ended in its shard, and every few of them in the job. Refused there, once the job was counted exactly or
 * is in another round.
 */
export async function countEnded(
  { table, clock, retention }: CountedTable,
  job: Job & Required<Pick<Job, 'shards'>>,
  path: string,
  state: Outcome['state'],
): Promise<void> {
  const now = clock.now();
  const counted = await table.add({
    key: countKey(job, path),
    set: { expiresAt: retention.ofFile(now) },
    add: { [state]: 1 },
  });
  const every = filesBetweenCounts(job.shards);
  if (Number(counted?.[state]) % every !== 0) return;
  await table.add({
    key: jobKey(job),
    set: { changedAt: now },
    add: { [state]: every },
    where: '#approximate = :approximate AND #generation = :generation',
    values: { approximate: true, generation: job.generation },
  });
}
