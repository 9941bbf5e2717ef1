import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { dynamoModels } from '../../functions/adapters/aws/dynamo-models.ts';
import { sqsQueue } from '../../functions/adapters/aws/sqs-queue.ts';
import type { QueueName } from '../../functions/core/messages.ts';
import { type Bucket, buckets } from '../../functions/core/object-keys.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';
import type { Models } from '../../functions/ports/models.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import type { Queue } from '../../functions/ports/queue.ts';
import {
  bucketVariable,
  deadLettersVariable,
  queueVariable,
  retentionVariable,
  tableVariable,
} from '../../functions/stack/resource-variables.ts';
import type { FunctionProcess } from './function-process.ts';
import { clientSettings, owner, region } from './simulated-account/clients.ts';
import { makeQueues } from './simulated-account/queues.ts';
import { s3World } from './simulated-account/s3-world.ts';
import { makeTable } from './simulated-account/table.ts';

/** Buckets, queues and table of one stack in moto, as its functions are told of them; without roles. */
export interface FunctionAccount {
  variables: Record<string, string>;
  objects: ObjectStore;
  jobs: JobStore;
  models: Models;
  queue: Queue;
  /** Gives the next message of a queue to a function, as an event source does. False: there is none now. */
  feed(queue: QueueName, fn: FunctionProcess, timeoutSeconds?: number): Promise<boolean>;
  /** Closes connections; the things go with moto. */
  close(): void;
}

export async function functionAccount(url: string, attempts: Record<QueueName, number>): Promise<FunctionAccount> {
  const { client: s3, buckets: names, store: objects } = await s3World(url);
  const sqs = new SQSClient(clientSettings(url));
  const dynamodb = new DynamoDBClient(clientSettings(url));
  const table = await makeTable(dynamodb);
  const { queues, deadLetters } = await makeQueues(sqs, attempts);
  const queueNames = Object.keys(attempts) as QueueName[];
  const asked = { QueueUrl: queues.files, AttributeNames: ['QueueArn' as const] };
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: names.inputs,
      NotificationConfiguration: {
        QueueConfigurations: [{ QueueArn: Attributes!.QueueArn, Events: ['s3:ObjectCreated:*'] }],
      },
    }),
  );
  const each = <K extends string>(all: readonly K[], variable: (name: K) => string, values: Record<K, string>) =>
    Object.fromEntries(all.map((name) => [variable(name), values[name]]));
  return {
    variables: {
      ...each<Bucket>(buckets, bucketVariable, names),
      ...each<QueueName>(queueNames, queueVariable, queues),
      ...each<QueueName>(queueNames, deadLettersVariable, deadLetters),
      [tableVariable]: table.name,
      [retentionVariable]: '30',
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
    },
    objects,
    jobs: dynamoJobStore({ client: dynamodb, table: table.name, clock: systemClock }),
    models: dynamoModels({ client: dynamodb, table: table.name, clock: systemClock }),
    queue: sqsQueue({ client: sqs, queues, deadLetters, unreadable: () => {} }),
    async feed(queue, fn, timeoutSeconds) {
      const QueueUrl = queues[queue];
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], VisibilityTimeout: 60 }),
      );
      const [message] = Messages;
      if (message === undefined) return false;
      const { batchItemFailures } = (await fn.invoke({ Records: [recordOf(message)] }, timeoutSeconds)) as {
        batchItemFailures: unknown[];
      };
      const { ReceiptHandle } = message;
      if (batchItemFailures.length === 0) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      else await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
      return true;
    },
    close() {
      for (const client of [s3, sqs, dynamodb]) client.destroy();
    },
  };
}

const recordOf = ({ MessageId, ReceiptHandle, Body, Attributes }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes,
  eventSource: 'aws:sqs',
});
