import * as pulumi from '@pulumi/pulumi';
import type { QueueName } from '../functions/core/messages.ts';
import { type Bucket, buckets } from '../functions/core/object-keys.ts';
import {
  bucketVariable,
  deadLettersVariable,
  queueVariable,
  retentionVariable,
  tableVariable,
} from '../functions/stack/resource-variables.ts';
import type { Access } from '../functions/stages/access.ts';
import type { Stage } from '../functions/stages/stage.ts';
import type { Places } from '../policies/access-statements.ts';
import type { JobTable } from './components/job-table.ts';
import type { PrivateBucket } from './components/private-bucket.ts';
import type { WorkQueue } from './components/work-queue.ts';

/** The things of a stack that its functions touch. */
export interface Things {
  buckets: Record<Bucket, PrivateBucket>;
  queues: Record<QueueName, WorkQueue>;
  table: JobTable;
  userPoolArn: pulumi.Input<string>;
  mail: { from: string; on: readonly string[] } | undefined;
  noticeTopic: string | undefined;
  retentionDays: number;
}

/** Their ARNs, as policies name them. */
export const placesOf = (things: Things): pulumi.Output<Places> =>
  pulumi.all([things.table.table.arn, things.userPoolArn]).apply(([table, userPool]) => ({
    buckets: mapValues(things.buckets, ({ arn }) => arn),
    queues: mapValues(things.queues, ({ arn }) => arn),
    deadLetters: mapValues(things.queues, ({ deadArn }) => deadArn),
    table,
    userPool,
    ...(things.mail !== undefined && { mail: things.mail }),
    ...(things.noticeTopic !== undefined && { noticeTopic: things.noticeTopic }),
  }));

/** The variables that tell a function where the things of its access are. */
export function environmentOf(
  access: Access & Pick<Stage, 'queue'>,
  things: Things,
): Record<string, pulumi.Input<string>> {
  const { reads, lists, writes, deletes = [], parts = [], jobs, usage = [], answers = [], sends, drains = [] } = access;
  const touched = new Set<Bucket>([...reads, ...lists, ...writes, ...deletes, ...parts]);
  const sent = new Set<QueueName>([...sends, ...(access.queue === undefined ? [] : [access.queue])]);
  const inTable = jobs.length + usage.length + answers.length > 0;
  return Object.fromEntries([
    ...buckets
      .filter((bucket) => touched.has(bucket))
      .map((bucket) => [bucketVariable(bucket), things.buckets[bucket].bucket.bucket]),
    ...[...sent].map((queue) => [queueVariable(queue), things.queues[queue].queue.url]),
    ...drains.map((queue) => [deadLettersVariable(queue), things.queues[queue].dead.url]),
    ...(inTable
      ? [
          [tableVariable, things.table.table.name],
          [retentionVariable, String(things.retentionDays)],
        ]
      : []),
  ]);
}

const mapValues = <K extends string, V, R>(record: Record<K, V>, to: (value: V) => R): Record<K, R> =>
  Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, to(value)])) as Record<K, R>;
