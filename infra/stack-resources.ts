import * as pulumi from '@pulumi/pulumi';
import { featureOfQueue, type QueueName } from '../functions/core/messages.ts';
import { type Bucket, featureOfBucket } from '../functions/core/object-keys.ts';
import type { MembersEnvironment } from '../functions/stack/members-environment.ts';
import type { NotifyEnvironment } from '../functions/stack/notify-environment.ts';
import {
  bucketVariable,
  buildsVariable,
  deadLettersVariable,
  endpointVariable,
  fleetVariable,
  membersVariable,
  notifyVariable,
  queueVariable,
  retentionVariable,
  tableVariable,
} from '../functions/stack/resource-variables.ts';
import { type Runnable, touchedBy } from '../functions/stages/access.ts';
import type { ResourceArns } from '../policies/access-statements.ts';
import type { BuilderNames } from './builder-names.ts';
import type { JobTable } from './components/job-table.ts';
import type { WorkQueue } from './components/work-queue.ts';
import { bucketsOf, type MadeBuckets } from './data.ts';
import type { EndpointNames } from './endpoint-names.ts';
import type { FleetNames } from './fleet-names.ts';

/** What of a stack its functions touch. */
export interface StackResources {
  /** Those of features only where these are on. */
  buckets: MadeBuckets;
  queues: Partial<Record<QueueName, WorkQueue>>;
  /** Undefined where a stack has no machines for large images. */
  fleet: FleetNames | undefined;
  /** Undefined where a stack asks no container that is kept elsewhere. */
  endpoint: EndpointNames | undefined;
  /** Undefined where a stack builds no images of models. */
  builder: BuilderNames | undefined;
  table: JobTable;
  userPoolArn: pulumi.Input<string>;
  mail: { from: string; on: readonly string[] } | undefined;
  noticeTopic: string | undefined;
  /** ARN of the parameter with the secrets of the broker of sign-ins; undefined where there is none. */
  broker: string | undefined;
  /** ARN of the parameter with the secret of a payment service; undefined where none is connected. */
  billing: string | undefined;
  retentionDays: number;
  /** What a function gets that looks up plans. */
  members: { [K in keyof MembersEnvironment]: pulumi.Input<MembersEnvironment[K]> };
  /** What a function that notifies owners gets. */
  notices: { [K in keyof NotifyEnvironment]: pulumi.Input<NotifyEnvironment[K]> };
}

const ofQueues = <T>({ queues }: StackResources, part: (queue: WorkQueue) => T): Partial<Record<QueueName, T>> =>
  Object.fromEntries(Object.entries(queues).map(([name, queue]) => [name, part(queue)]));

/** Their ARNs, as policies name them. */
export const resourceArns = (resources: StackResources): pulumi.Output<ResourceArns> =>
  pulumi.all([resources.table.table.arn, resources.userPoolArn]).apply(([table, userPool]) => ({
    buckets: Object.fromEntries(bucketsOf(resources).map(([name, { arn }]) => [name, arn])),
    queues: ofQueues(resources, ({ arn }) => arn),
    deadLetters: ofQueues(resources, ({ deadArn }) => deadArn),
    table,
    userPool,
    ...(resources.fleet !== undefined && {
      fleet: {
        queue: resources.queues.large!.arn,
        deadLetters: resources.queues.large!.deadArn,
        jobQueue: resources.fleet.jobQueue,
        jobDefinition: resources.fleet.jobDefinition,
      },
    }),
    ...(resources.endpoint !== undefined && { endpoint: resources.endpoint.arn }),
    ...(resources.builder !== undefined && { builds: resources.builder.arns }),
    ...(resources.mail !== undefined && { mail: resources.mail }),
    ...(resources.noticeTopic !== undefined && { noticeTopic: resources.noticeTopic }),
    ...(resources.broker !== undefined && { broker: resources.broker }),
    ...(resources.billing !== undefined && { billing: resources.billing }),
  }));

/** The variables that tell a function where the resources of its access are. */
export function environmentOf(runnable: Runnable, resources: StackResources): Record<string, pulumi.Input<string>> {
  const { buckets, table, ...touched } = touchedBy(runnable);
  const { fleet } = resources;
  const large: QueueName[] = runnable.fleet === undefined || fleet === undefined ? [] : ['large'];
  const queues = new Set([...touched.queues, ...large]);
  const deadLetters = [...touched.deadLetters, ...large];
  const made = resources.queues;
  const isThere = (queue: QueueName) => featureOfQueue[queue] === undefined || made[queue] !== undefined;
  const isMade = (bucket: Bucket) => featureOfBucket[bucket] === undefined || resources.buckets[bucket] !== undefined;
  return Object.fromEntries([
    ...buckets.filter(isMade).map((bucket) => [bucketVariable(bucket), resources.buckets[bucket]!.bucket.bucket]),
    ...[...queues].filter(isThere).map((queue) => [queueVariable(queue), made[queue]!.queue.url]),
    ...deadLetters.filter(isThere).map((queue) => [deadLettersVariable(queue), made[queue]!.dead.url]),
    ...(runnable.endpoint === true && resources.endpoint !== undefined
      ? [[endpointVariable, JSON.stringify(resources.endpoint.environment)]]
      : []),
    ...(runnable.builds !== undefined && resources.builder !== undefined
      ? [[buildsVariable, pulumi.jsonStringify(resources.builder.environment)]]
      : []),
    ...(large.length > 0 ? [[fleetVariable, JSON.stringify(fleet!.environment)]] : []),
    ...(table
      ? [
          [tableVariable, resources.table.table.name],
          [retentionVariable, String(resources.retentionDays)],
        ]
      : []),
    ...(runnable.members !== undefined ? [[membersVariable, pulumi.jsonStringify(resources.members)]] : []),
    ...(runnable.notifies === true ? [[notifyVariable, pulumi.jsonStringify(resources.notices)]] : []),
  ]);
}
