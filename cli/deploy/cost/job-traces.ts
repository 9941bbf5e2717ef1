import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { type JobBucket, jobBuckets, jobPrefix } from '../../../functions/core/object-keys.ts';
import type { ServiceOutputs } from '../../../infra/outputs.ts';
import type { AwsAccount } from '../account.ts';
import { machineUsd } from './machine-log.ts';

/** What a job has left in the buckets and in the logs. */
export interface JobTraces {
  owner: string;
  objects: Record<JobBucket, { count: number; bytes: number }>;
  /** Milliseconds since 1970; absent: none of it is in the archive. */
  archivedAt?: number;
  /** Messages that functions handled for it, and their seconds, by stage. */
  handled: Record<string, { messages: number; seconds: number }>;
  /** US dollars of machines for its large images; absent: the stack has none. */
  machineUsd?: number;
}

/** Undefined where no bucket holds anything of the job. */
export async function tracesOfJob(
  id: string,
  { buckets: names, functions, machines }: Pick<ServiceOutputs, 'buckets' | 'functions' | 'machines'>,
  { client }: AwsAccount,
): Promise<JobTraces | undefined> {
  const s3 = new S3Client(client);
  const owner = await ownerOf(id, s3, names.inputs!);
  if (owner === undefined) return undefined;
  const objects = {} as JobTraces['objects'];
  let archivedAt: number | undefined;
  for (const bucket of jobBuckets) {
    const found = await storedOf(s3, names[bucket]!, jobPrefix({ owner, id }));
    objects[bucket] = { count: found.count, bytes: found.bytes };
    archivedAt = found.archivedAt ?? archivedAt;
  }
  const logs = new CloudWatchLogsClient(client);
  const handled: JobTraces['handled'] = {};
  for (const [stage, name] of Object.entries(functions)) {
    const lines = await handledLines(id, `/aws/lambda/${name}`, logs);
    if (lines.length > 0) handled[stage] = { messages: lines.length, seconds: lines.reduce((sum, s) => sum + s, 0) };
  }
  return {
    ...{ owner, objects, handled },
    ...(archivedAt !== undefined && { archivedAt }),
    ...(machines && { machineUsd: await machineUsd(machines.logGroup, logs, { event: 'worker.image', job: id }) }),
  };
}

async function storedOf(client: S3Client, Bucket: string, Prefix: string) {
  const found: { count: number; bytes: number; archivedAt?: number } = { count: 0, bytes: 0 };
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    found.count += Contents.length;
    for (const { Size = 0, StorageClass, LastModified } of Contents) {
      found.bytes += Size;
      if (StorageClass === 'GLACIER' && LastModified !== undefined) found.archivedAt = LastModified.getTime();
    }
  }
  return found;
}

/** Whoever has a folder of this job: owners are the first part of keys. */
async function ownerOf(id: string, client: S3Client, Bucket: string): Promise<string | undefined> {
  for await (const { CommonPrefixes = [] } of paginateListObjectsV2({ client }, { Bucket, Delimiter: '/' })) {
    for (const { Prefix = '' } of CommonPrefixes) {
      const owner = Prefix.slice(0, -1);
      const [first] = await pagesOf(client, Bucket, jobPrefix({ owner, id }));
      if (first !== undefined) return owner;
    }
  }
  return undefined;
}

async function pagesOf(client: S3Client, Bucket: string, Prefix: string) {
  for await (const { Contents = [] } of paginateListObjectsV2({ client, pageSize: 1 }, { Bucket, Prefix }))
    return Contents;
  return [];
}

/** Seconds of each message that was handled: runtime/lambda writes a line for each. */
async function handledLines(job: string, logGroupName: string, client: CloudWatchLogsClient): Promise<number[]> {
  const seconds: number[] = [];
  const wanted = { logGroupName, filterPattern: `"${job}"` };
  for await (const { events = [] } of paginateFilterLogEvents({ client }, wanted)) {
    for (const { message = '' } of events) {
      const line = parsed(message);
      if (line?.message === 'handled' && line.job === job && typeof line.seconds === 'number')
        seconds.push(line.seconds);
    }
  }
  return seconds;
}

function parsed(text: string): { message?: unknown; job?: unknown; seconds?: unknown } | undefined {
  try {
    return JSON.parse(text) as { message?: unknown };
  } catch {
    return undefined; // Lambda's own lines are no JSON
  }
}
