import { createHash } from 'node:crypto';
import type { Job, JobFile, JobSettings, StoredFailure } from '../../core/job.ts';
import type { JobStorage } from '../../core/job-storage.ts';
import type { JobRef } from '../../core/object-keys.ts';
import { isTerminal } from '../../core/transitions.ts';
import type { Key } from './dynamo-expressions.ts';
import type { Fields } from './dynamo-items.ts';
import { type FilesOwner, filePartitionOf, partitionOf } from './job-shards.ts';

/*
 * A job, its shares and its files, where they are not spread, have one partition key; the job's sort key is `job`, a file's is
 * `file#` and its path, a share's `share#` and the member. DynamoDB orders sort keys by their UTF-8 bytes, which is the order
 * of the list of files.
 */

export const jobKey = (ref: JobRef): Key => ({ pk: partitionOf(ref), sk: 'job' });
export const fileSortKey = (path: string): string => `file#${path}`;
export const fileKey = (job: FilesOwner, path: string): Key => ({
  pk: filePartitionOf(job, path),
  sk: fileSortKey(path),
});
/** How many files of the shard ended in this generation, for the job's counters: of jobs whose files are spread. */
export const countKey = (job: FilesOwner & Pick<Job, 'generation'>, path: string): Key => ({
  pk: filePartitionOf(job, path),
  sk: `count#${job.generation}`,
});
/** Above every file's sort key: `$` follows `#`. */
export const filesEnd = 'file$';
export const undoneSortKey = (state: JobFile['state'], path: string): string => `${state}#${path}`;
export const undoneEnd = (state: JobFile['state']): string => `${state}$`;

export const shareSortKey = (member: string): string => `share#${member}`;

/** Partitions of each list in the open index: more would only make its readers ask more often. */
export const shards = 4;
/** The index has three lists: jobs that have not ended, jobs that were removed, and jobs whose storage waits. */
export const shardKey = (list: 'open' | 'removed' | 'storage', shard: number): string => `${list}#${shard}`;
/** By owner, so that counting an owner's jobs reads one partition. */
const shardOf = (owner: string): number => createHash('sha256').update(owner).digest()[0]! % shards;
export const openKeyOf = (owner: string): string => shardKey('open', shardOf(owner));
export const openSortKey = ({ owner, id }: JobRef): string => `${owner}/${id}`;
/** Before every owner. */
export const firstSortKey = ' ';
export const writeSortKey = (shard: number, sortKey: string): string => `${shard}#${sortKey}`;
export function readSortKey(written: string): [shard: number, sortKey: string] {
  const end = written.indexOf('#');
  return [Number(written.slice(0, end)), written.slice(end + 1)];
}

/** Fifteen digits order milliseconds as text. */
export const timeSortKey = (time: number): string => String(time).padStart(15, '0');
/** Fixed for the life of a job. */
export const ownerSortOf = ({ createdAt, id }: Job): string => `${timeSortKey(createdAt)}#${id}`;
const ownerEntry = (job: Job): Fields => ({ ownerKey: job.owner, ownerSort: ownerSortOf(job) });

/** The job in the index of owners or of open jobs. */
export const keyOfEntry = ({ pk, sk }: Fields): Key => ({ pk: String(pk), sk: String(sk) });

/** The index has a job that is open, or whose storage waits: in order of the times at which sweep looks at it. */
function openEntry(job: Job): Fields {
  if (!isTerminal(job)) return { openKey: openKeyOf(job.owner), openSort: openSortKey(job) };
  const { lookAt } = job.storage ?? {};
  if (lookAt === undefined) return { openKey: undefined, openSort: undefined };
  return { openKey: shardKey('storage', shardOf(job.owner)), openSort: `${timeSortKey(lookAt)}#${openSortKey(job)}` };
}

/** What transitions change, beside the counters. `expiresAt`: seconds since 1970, of a job that has ended. */
export function changingFields(job: Job, expiresAt: number | undefined): Fields {
  const { name, note, state, sealed, retrying, approximate, generation, failure, storage, changedAt } = job;
  const open = !isTerminal(job);
  return {
    name,
    note,
    state,
    sealed,
    retrying,
    approximate,
    generation,
    failure: failure && JSON.stringify(failure),
    storage: storage && JSON.stringify(storage),
    changedAt,
    ...openEntry(job),
    expiresAt: open ? undefined : expiresAt,
  };
}

export function newJobFields(job: Job): Fields & Key {
  const { owner, id, settings, shards, expected, bytes, done, failed, leftOut, createdAt } = job;
  return {
    ...jobKey(job),
    ...ownerEntry(job),
    ...changingFields(job, undefined),
    owner,
    id,
    settings: JSON.stringify(settings),
    shards,
    expected,
    bytes,
    done,
    failed,
    leftOut,
    createdAt,
  };
}

/** What stays of a removed job, under its key. */
export const removedFields = (ref: JobRef, removedAt: number): Fields & Key => ({
  ...jobKey(ref),
  owner: ref.owner,
  id: ref.id,
  removedAt,
  openKey: shardKey('removed', shardOf(ref.owner)),
  openSort: openSortKey(ref),
});
export const isRemoved = ({ removedAt }: Fields): boolean => removedAt !== undefined;

const failureOf = (text: Fields[string]) =>
  text === undefined ? {} : { failure: JSON.parse(String(text)) as StoredFailure };

/** Counters that are not exact are not more than there are files, nor less than none. */
function countersOf(fields: Fields): Pick<Job, 'expected' | 'done' | 'failed' | 'leftOut'> {
  const [expected, done, failed] = [Number(fields.expected), Number(fields.done), Number(fields.failed)];
  const leftOut = Number(fields.leftOut ?? 0); // absent in jobs of versions before it
  if (fields.approximate !== true) return { expected, done, failed, leftOut };
  const failedAtMost = Math.max(0, Math.min(failed, expected - leftOut));
  return { expected, done: Math.min(done, expected - leftOut - failedAtMost), failed: failedAtMost, leftOut };
}

export function jobOf(fields: Fields): Job {
  const number = (name: keyof Job) => Number(fields[name]);
  return {
    owner: String(fields.owner),
    id: String(fields.id),
    name: String(fields.name),
    ...(fields.note !== undefined && { note: String(fields.note) }),
    settings: JSON.parse(String(fields.settings)) as JobSettings,
    state: fields.state as Job['state'],
    sealed: fields.sealed === true,
    retrying: fields.retrying === true,
    ...(fields.shards !== undefined && { shards: number('shards') }),
    ...(fields.approximate === true && { approximate: true }),
    ...countersOf(fields),
    bytes: number('bytes'),
    generation: number('generation'),
    ...failureOf(fields.failure),
    ...(fields.storage !== undefined && { storage: JSON.parse(String(fields.storage)) as JobStorage }),
    createdAt: number('createdAt'),
    changedAt: number('changedAt'),
  };
}

/** What of a file changes. Files that are not done are in the index of those. */
export const changingFileFields = ({ path, state, failure, notes, machine, generation }: JobFile): Fields => ({
  state,
  failure: failure && JSON.stringify(failure),
  notes: notes && JSON.stringify(notes),
  machine: machine && JSON.stringify(machine),
  generation,
  undoneSort: state === 'done' ? undefined : undoneSortKey(state, path),
});

export const newFileFields = (job: FilesOwner, file: JobFile, expiresAt: number | undefined): Fields & Key => ({
  ...fileKey(job, file.path),
  ...changingFileFields(file),
  bytes: file.bytes,
  identity: file.identity,
  expiresAt,
});

export function fileOf({ sk, bytes, identity, state, failure, notes, machine, generation }: Fields): JobFile {
  return {
    path: String(sk).slice(fileSortKey('').length),
    bytes: Number(bytes),
    ...(identity !== undefined && { identity: String(identity) }),
    state: state as JobFile['state'],
    ...failureOf(failure),
    ...(notes !== undefined && { notes: JSON.parse(String(notes)) as string[] }),
    ...(machine !== undefined && { machine: JSON.parse(String(machine)) as NonNullable<JobFile['machine']> }),
    ...(generation !== undefined && { generation: Number(generation) }),
  };
}
