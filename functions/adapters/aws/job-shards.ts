import { createHash } from 'node:crypto';
import type { Job } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';

/*
 * DynamoDB keeps all items of one partition key in one partition, because the table has a local index, and a partition
 * takes 1,000 write units a second. The files of a large job are therefore spread over several keys. Over how many is fixed
 * when the job is made: by it each file is found.
 */

/** A job, as far as its files are found by it. */
export type FilesOwner = JobRef & Pick<Job, 'shards'>;

const sizes = [
  { above: 100_000, shards: 64 },
  { above: 1000, shards: 16 },
];

/** Of a new job; undefined: its files are with it. `files`: how many are coming, as far as is known. */
export const shardsFor = (files = 0): number | undefined => sizes.find(({ above }) => files > above)?.shards;

/**
 * Files that end in a shard until the job's counters are told: they take one write each time, and are so far behind at most
 * `shards` times as many, which is under 5 % of the fewest files of each size.
 */
export function filesBetweenCounts(shards: number): number {
  if (shards < 16) return 1;
  return shards < 64 ? 4 : 32;
}

/** Of the job itself, of its shares, and of its files where they are not spread. */
export const partitionOf = ({ owner, id }: JobRef): string => `job#${owner}/${id}`;

/** No id of a job has a `#`. */
const shardPartition = (job: JobRef, shard: number): string => `${partitionOf(job)}#${shard}`;

export const filePartitionOf = (job: FilesOwner, path: string): string =>
  job.shards === undefined
    ? partitionOf(job)
    : shardPartition(job, createHash('sha256').update(path).digest().readUInt32BE() % job.shards);

/** All that the job has files in. */
export const filePartitionsOf = (job: FilesOwner): string[] =>
  job.shards === undefined
    ? [partitionOf(job)]
    : Array.from({ length: job.shards }, (_, shard) => shardPartition(job, shard));
