import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { forEachLimit } from '../../async/for-each-limit.ts';
import type { Job } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import { takeStorageStep } from '../../core/storage-steps.ts';
import * as transitions from '../../core/transitions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobStore, NewJob } from '../../ports/job-store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { dynamoTable } from './dynamo-table.ts';
import { finishFile, placeFile } from './finish-job-file.ts';
import { changeJob, findJob, type JobTable, shownFields } from './job-changes.ts';
import { countedBeforeRetry, countedWhenReady } from './job-counts.ts';
import type { JobFiles } from './job-files.ts';
import * as items from './job-items.ts';
import { countRunning, jobsOfOwner, ofAllOwners } from './job-lists.ts';
import { jobRetention } from './job-retention.ts';
import { filePartitionsOf, partitionOf, shardsFor as usualShardsFor } from './job-shards.ts';
import { findFile, listFiles } from './list-job-files.ts';
import { registerFiles } from './register-job-files.ts';
import { resetFailedFiles } from './reset-job-files.ts';

export interface DynamoJobStoreOptions {
  client: DynamoDBClient;
  /** Name of the table. */
  table: string;
  clock: Clock;
  /** Days after its end that a job is shown; absent: always. */
  retentionDays?: number;
  /** Over how many partitions the files of a new job are spread; undefined: they are with it. Default: by how many are coming. */
  shardsFor?: (files: number | undefined) => number | undefined;
}

/**
 * The rules are core/transitions; each runs between reading a job and writing it under the condition that no other writer
 * changed it. Finished files move counters only (job-files), so they do not stand in the way of other changes; those
 * whose rule looks at counters ask that these are the same, too.
 */
export function dynamoJobStore(options: DynamoJobStoreOptions): JobStore {
  const { client, table, clock, retentionDays, shardsFor = usualShardsFor } = options;
  const on: JobTable = { table: dynamoTable(client, table), clock, retention: jobRetention(retentionDays) };
  const find = (ref: JobRef) => findJob(on, ref);
  return {
    get: find,
    create: (wanted) => createJob(on, wanted, shardsFor(wanted.files)),
    ...transitionsOf(on),
    ...filesOf({ ...on, find }),
    ...listsOf(on),
    remove: (ref) => removeJob(on, ref),
    forget: (ref) => on.table.delete(items.jobKey(ref), 'attribute_exists(#removedAt)'),
    async [Symbol.asyncDispose]() {
      // the client is ended by who made it
    },
  };
}

async function createJob({ table, clock }: JobTable, wanted: NewJob, shards: number | undefined) {
  const spread: Pick<Job, 'shards' | 'approximate'> = shards === undefined ? {} : { shards, approximate: true };
  const job = { ...transitions.newJob(wanted, clock.now()), ...spread };
  const { applied, fields } = await table.put(items.newJobFields(job), {
    where: 'attribute_not_exists(#pk) OR attribute_exists(#removedAt) OR #expiresAt <= :now',
    values: { now: Math.floor(clock.now() / 1000) },
  });
  return { created: applied, job: applied ? job : items.jobOf(fields!) };
}

const partitionsErasedAtOnce = 4;

async function removeJob(on: JobTable, ref: JobRef): Promise<void> {
  const stored = await on.table.get(items.jobKey(ref));
  if (stored === undefined || items.isRemoved(stored)) return;
  // Ended first, so that no file comes while they go.
  if (shownFields(on, stored) !== undefined) await changeJob(on, ref, transitions.cancel);
  const { shards } = items.jobOf(stored);
  if (shards === undefined) {
    await on.table.deleteAll({
      where: '#pk = :pk AND #sk BETWEEN :from AND :to',
      values: { pk: partitionOf(ref), from: items.fileSortKey(''), to: items.filesEnd },
    });
  } else {
    const all = filePartitionsOf({ ...ref, shards }); // with their counters
    await forEachLimit(all, partitionsErasedAtOnce, (pk) => on.table.deleteAll({ where: '#pk = :pk', values: { pk } }));
  }
  await on.table.deleteAll({
    where: '#pk = :pk AND begins_with(#sk, :shares)',
    values: { pk: partitionOf(ref), shares: items.shareSortKey('') },
  });
  await on.table.put(items.removedFields(ref, on.clock.now()), {
    where: 'attribute_exists(#pk) AND attribute_not_exists(#removedAt)',
  });
}

type Transitions = Pick<
  JobStore,
  | 'describe'
  | 'submit'
  | 'seal'
  | 'startPackaging'
  | 'complete'
  | 'fail'
  | 'cancel'
  | 'expire'
  | 'reopen'
  | 'resume'
  | 'touch'
  | 'moveStorage'
>;

function transitionsOf(on: JobTable): Transitions {
  const { retention } = on;
  const counters = { looksAtCounters: true };
  return {
    describe: (ref, words) => changeJob(on, ref, (job) => transitions.describe(job, words)),
    submit: (ref) => changeJob(on, ref, transitions.submit),
    seal: (ref) => changeJob(on, ref, transitions.seal),
    startPackaging: (ref) =>
      changeJob(on, ref, transitions.startPackaging, {
        ...counters,
        count: (job) => countedWhenReady(on.table, job),
      }),
    complete: (ref, generation) =>
      changeJob(on, ref, (job, now) => transitions.complete(job, generation, now), counters),
    fail: (ref, failure, generation) =>
      changeJob(on, ref, (job, now) => transitions.fail(job, failure, now, generation)),
    cancel: (ref) => changeJob(on, ref, transitions.cancel),
    expire: (ref) => changeJob(on, ref, transitions.expire),
    reopen: (ref) => {
      const reopen = (job: Job, now: number) =>
        retention.allowsRetry(job, now) ? transitions.reopen(job, now) : undefined;
      const count = async (job: Job) =>
        reopen(job, on.clock.now()) === undefined ? undefined : countedBeforeRetry(on.table, job);
      return changeJob(on, ref, reopen, { ...counters, count });
    },
    resume: (ref, generation) => changeJob(on, ref, (job, now) => transitions.resume(job, generation, now)),
    touch: (ref, before) => changeJob(on, ref, (job, now) => transitions.touch(job, before, now), counters),
    moveStorage: (ref, step) => changeJob(on, ref, (job, now) => takeStorageStep(job, step, now)),
  };
}

const filesOf = (
  on: JobFiles,
): Pick<JobStore, 'files' | 'file' | 'expect' | 'finishFile' | 'placeFile' | 'resetFailed'> => ({
  async files(ref, { state, cursor, limit = 1000 } = {}) {
    const list = ['files', ref.owner, ref.id, state ?? ''];
    const after = cursor === undefined ? undefined : readCursor(list, cursor);
    const job = await on.find(ref);
    if (job === undefined) return { items: [] };
    const found = await listFiles(on, job, { state, after, count: limit + 1 });
    if (found.length <= limit) return { items: found };
    return { items: found.slice(0, limit), cursor: writeCursor(list, found[limit - 1]!.path) };
  },
  file: (ref, path) => findFile(on, ref, path),
  expect: (ref, files) => registerFiles(on, ref, files),
  finishFile: (ref, path, outcome) => finishFile(on, ref, path, outcome),
  placeFile: (ref, path, state) => placeFile(on, ref, path, state),
  resetFailed: (ref, limit) => resetFailedFiles(on, ref, limit),
});

const listsOf = (on: JobTable): Pick<JobStore, 'list' | 'running' | 'stuck' | 'removed' | 'storageWaiting'> => ({
  list: (owner, page = {}) => jobsOfOwner(on, owner, page),
  running: (owner) => countRunning(on, owner),
  async stuck(before, page = {}) {
    const { items: found, ...rest } = await ofAllOwners(on, { index: 'open', ...page }, (fields) => {
      const job = shownFields(on, fields) && items.jobOf(fields);
      return job !== undefined && !transitions.isTerminal(job) && job.changedAt < before;
    });
    return { items: found.map(items.jobOf), ...rest };
  },
  async storageWaiting(before, page = {}) {
    const list = { index: 'storage', end: items.timeSortKey(before), ...page } as const;
    const { items: found, ...rest } = await ofAllOwners(on, list, (fields) => {
      const job = shownFields(on, fields) && items.jobOf(fields);
      return (job?.storage?.lookAt ?? before) < before;
    });
    return { items: found.map(items.jobOf), ...rest };
  },
  async removed(before, page = {}) {
    const wanted = ({ removedAt }: Parameters<typeof items.isRemoved>[0]) => Number(removedAt) < before;
    const { items: found, ...rest } = await ofAllOwners(on, { index: 'removed', ...page }, wanted);
    return { items: found.map(({ owner, id }) => ({ owner: String(owner), id: String(id) })), ...rest };
  },
});
