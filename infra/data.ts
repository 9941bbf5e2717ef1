import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { QueueName } from '../functions/core/messages.ts';
import { type Bucket, buckets, featureOfBucket } from '../functions/core/object-keys.ts';
import { visibilitySeconds } from '../functions/stack/lambda-facts.ts';
import { isFed, type Stage } from '../functions/stages/stage.ts';
import { JobTable } from './components/job-table.ts';
import { PrivateBucket } from './components/private-bucket.ts';
import { WorkQueue } from './components/work-queue.ts';
import { isPolled } from './concurrency.ts';
import { noticesFor } from './endpoint-names.ts';
import { featuresOf } from './features.ts';
import { makeFleetQueue } from './fleet-names.ts';
import type { PartArgs } from './part-args.ts';

/** Zips are kept until they are unpacked, and a week for whoever asks what was sent. */
const uploadsDays = 7;

export type MadeBuckets = Partial<Record<Bucket, PrivateBucket>>;

/** Where jobs, objects and messages are. */
export interface Data {
  /** Those of features only where these are on. */
  buckets: MadeBuckets;
  /** `large` only where there are machines. */
  queues: Partial<Record<QueueName, WorkQueue>>;
  table: JobTable;
}

export function makeData(part: PartArgs, stages: readonly Stage[]): Data {
  const { name, context, childOpts } = part;
  const buckets = makeBuckets(part);
  return {
    buckets,
    queues: { ...makeQueues(part, stages, buckets), ...makeFleetQueue(part) },
    table: new JobTable(`${name}-jobs`, { context }, childOpts),
  };
}

function makeBuckets({ name, context, childOpts }: PartArgs): MadeBuckets {
  const { retentionDays, inputDays } = context.config;
  const days: Partial<Record<Bucket, number>> = {
    uploads: Math.min(uploadsDays, retentionDays),
    inputs: Math.min(inputDays, retentionDays),
    results: retentionDays,
    downloads: retentionDays,
    // models stay: a job that is retried uses the version that it was made with; figures go with their cards, pictures when
    // their recipe or their person says so
  };
  const features = featuresOf(context.config);
  const make = (part: Bucket) => {
    const expireDays = days[part];
    return new PrivateBucket(
      `${name}-${part}`,
      { context, part, ...(expireDays !== undefined && { expireDays }) },
      childOpts,
    );
  };
  const isWanted = (bucket: Bucket) => {
    const feature = featureOfBucket[bucket];
    return feature === undefined || features.has(feature);
  };
  return Object.fromEntries(buckets.filter(isWanted).map((bucket) => [bucket, make(bucket)]));
}

/** Seconds, the least that SQS has: what ended while no notices were sent is not reported later. */
const leastRetention = 60;

/** Source: S3 user guide, supported event types. */
const [createdEvent, restoredEvent] = ['s3:ObjectCreated:*', 's3:ObjectRestore:Completed'];

/** One queue for each stage that one feeds; S3 announces new objects where a stage asks for it. */
function makeQueues(
  { name, context, childOpts }: PartArgs,
  stages: readonly Stage[],
  buckets: MadeBuckets,
): Partial<Record<QueueName, WorkQueue>> {
  const made: Partial<Record<QueueName, WorkQueue>> = {};
  for (const stage of stages.filter(isFed)) {
    const { queue: part, announced, announcedPrefixes = [''], restored, attempts } = stage.trigger;
    const source = announced ?? restored;
    const bucket = source === undefined ? undefined : buckets[source];
    const topic = noticesFor(part, { context });
    const queue = new WorkQueue(
      `${name}-queue-${part}`,
      {
        ...{ context, part, attempts },
        visibilitySeconds: visibilitySeconds(stage),
        ...(!isPolled(stage, context.config) && { retentionSeconds: leastRetention }),
        ...(bucket !== undefined && { announces: bucket.arn }),
        ...(topic !== undefined && { topic }),
      },
      childOpts,
    );
    made[part] = queue;
    if (bucket === undefined) continue;
    new aws.s3.BucketNotification(
      `${name}-${source}-announces`,
      {
        bucket: bucket.bucket.bucket,
        queues: announcedPrefixes.map((prefix) => ({
          id: prefix === '' ? part : `${part}-${prefix.replaceAll('/', '')}`,
          queueArn: queue.queue.arn,
          events: [announced === undefined ? restoredEvent : createdEvent],
          ...(prefix !== '' && { filterPrefix: prefix }),
        })),
      },
      childOpts,
    );
  }
  return made;
}

/** Each by its name. */
export const bucketsOf = ({ buckets }: Pick<Data, 'buckets'>): [Bucket, PrivateBucket][] =>
  Object.entries(buckets) as [Bucket, PrivateBucket][];

/** Browsers send images and fetch results directly, from these pages only. */
export function allowPages({ name, childOpts }: PartArgs, data: Data, origins: pulumi.Input<string>[]): void {
  const methods: Record<Bucket, string[]> = {
    uploads: ['PUT'],
    inputs: ['PUT', 'GET', 'HEAD'], // the viewer reads ranges of an image
    results: ['GET', 'HEAD'],
    downloads: ['GET', 'HEAD'],
    models: ['GET', 'HEAD'], // covers and documentation
    figures: ['GET', 'HEAD'],
    pictures: ['PUT', 'GET', 'HEAD'],
    datasets: ['GET', 'HEAD'],
  };
  for (const [bucket, { bucket: made }] of bucketsOf(data)) {
    new aws.s3.BucketCorsConfiguration(
      `${name}-${bucket}-pages`,
      {
        bucket: made.bucket,
        corsRules: [
          {
            id: 'pages',
            allowedOrigins: origins,
            allowedMethods: methods[bucket],
            allowedHeaders: ['*'],
            exposeHeaders: ['ETag', 'Content-Range'], // of a part, which completes its upload; of a piece of an image
            maxAgeSeconds: 3600,
          },
        ],
      },
      childOpts,
    );
  }
}
