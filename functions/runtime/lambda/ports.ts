import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoAgreements, dynamoBaseResources } from '../../adapters/aws/dynamo-agreements.ts';
import { dynamoDataSets } from '../../adapters/aws/dynamo-data-sets.ts';
import { dynamoFigures } from '../../adapters/aws/dynamo-figures.ts';
import { dynamoJobStore } from '../../adapters/aws/dynamo-job-store.ts';
import { dynamoModels } from '../../adapters/aws/dynamo-models.ts';
import { dynamoPictures } from '../../adapters/aws/dynamo-pictures.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { sqsQueue } from '../../adapters/aws/sqs-queue.ts';
import type { Bucket } from '../../core/object-keys.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Runnable } from '../../stages/access.ts';
import { restrict } from '../restrict.ts';
import { type ResourceNames, readResourceNames } from './environment.ts';
import { logger } from './log.ts';

export interface OpenPorts {
  /** What the function's descriptor declares; the rest refuses before AWS does. */
  allowed: Ports;
  /** Whole: of the runtime, which has the messages in progress. */
  all: Ports;
  names: ResourceNames;
  clients: { s3: S3Client; dynamodb: DynamoDBClient; sqs: SQSClient };
}

/** The ports of one function on AWS. Nothing is asked of AWS yet. Throws `variableMissing`. */
export function openPorts(runnable: Runnable): OpenPorts {
  const names = readResourceNames(runnable, process.env);
  const clients = { s3: new S3Client({}), dynamodb: new DynamoDBClient({}), sqs: new SQSClient({}) };
  const clock = systemClock;
  const rows = { client: clients.dynamodb, table: names.table?.name ?? '', clock };
  const all: Ports = {
    // What is not declared has no name here, and is refused before its name is asked for.
    objects: s3ObjectStore({ client: clients.s3, buckets: names.buckets as Record<Bucket, string> }),
    jobs: dynamoJobStore({
      ...rows,
      ...(names.table !== undefined && { retentionDays: names.table.retentionDays }),
    }),
    queue: sqsQueue({
      client: clients.sqs,
      queues: names.queues,
      deadLetters: names.deadLetters,
      unreadable: (queue, error) => logger.error('a dead letter that cannot be read', { queue, error: error as Error }),
    }),
    models: dynamoModels(rows),
    ...(teaches(names) && { dataSets: dynamoDataSets(rows) }),
    ...(names.buckets.figures !== undefined && { figures: dynamoFigures(rows) }),
    ...(names.buckets.pictures !== undefined && {
      people: {
        pictures: dynamoPictures(rows),
        agreements: dynamoAgreements(rows),
        bases: dynamoBaseResources(rows),
      },
    }),
    clock,
    ...(names.queues.cold !== undefined && { archiving: true as const }),
    ...(names.deadLetters.answers !== undefined && { awaiting: true as const }),
  };
  return { allowed: restrict(runnable, all), all, names, clients };
}

/** Whoever has its bucket, or its dead letters. */
const teaches = ({ buckets, deadLetters }: ResourceNames): boolean =>
  buckets.datasets !== undefined || deadLetters.teaching !== undefined;
