import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Clients, clientSettings, region } from '../clients.ts';
import type { DeployedFunction, Invocation } from './deployed-function.ts';

/** One batch that a function was given. */
export interface Batch {
  function: string;
  bodies: readonly string[];
  /** Positions of messages that failed. */
  failed: readonly number[];
  error?: string;
}

export interface EventSource extends AsyncDisposable {
  /** Messages that failed and wait for their time out: as many as come back by `timeOut`. */
  readonly hidden: number;
  /** Lets the visibility time of messages that failed be over. */
  timeOut(): Promise<void>;
  /** Nothing is in progress. */
  readonly idle: boolean;
}

export interface EventSourceArgs {
  mapping: EventSourceMappingConfiguration;
  fn: DeployedFunction;
  /** The owner's. */
  clients: Clients;
  /** Of the authoriser. */
  url: string;
  /** Calls at a time; the mapping's own limit holds too. */
  concurrency(): number;
  onBatch(batch: Batch): void;
  /** What Lambda itself was refused, or could not do. */
  onTrouble(error: unknown): void;
}

/** Seconds that one receive waits: short, so that the end does not wait long. */
const waitSeconds = 1;

/** Feeds a function from its queue as Lambda does, with the rights of the function's role. Source: the Lambda guide, "Using Lambda with Amazon SQS". */
export async function startEventSource(args: EventSourceArgs): Promise<EventSource> {
  const { mapping, fn, clients, url, onBatch, onTrouble } = args;
  const name = fn.configuration.FunctionName!;
  const sqs = new SQSClient(clientSettings(url, fn.credentials));
  const QueueName = mapping.EventSourceArn!.split(':').at(-1)!;
  const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  const visibility = Number(Attributes!.VisibilityTimeout);
  if (visibility < fn.configuration.Timeout!)
    throw new Error(`Lambda refuses ${QueueName}: visible again after ${visibility} s, ${name} may take longer`);
  const most = mapping.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY;
  const size = mapping.BatchSize ?? 10;
  let stopped = false;
  const running = new Set<Promise<void>>();
  let hidden: Message[] = [];

  const handle = async (messages: Message[]): Promise<void> => {
    const result = await fn.invoke({ Records: messages.map((message) => recordOf(message, mapping.EventSourceArn!)) });
    const failed = failedOf(
      result,
      messages,
      mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true,
    );
    hidden.push(...failed);
    onBatch({
      function: name,
      bodies: messages.map(({ Body }) => Body!),
      failed: [...messages.keys()].filter((index) => failed.has(messages[index]!)),
      ...('error' in result && { error: `${result.error.errorType}: ${result.error.errorMessage}` }),
    });
    const done = messages.filter((message) => !failed.has(message));
    for (let from = 0; from < done.length; from += 10) {
      const Entries = done
        .slice(from, from + 10)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  const receive = async (): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(size, 10),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const loop = async () => {
    while (!stopped) {
      while (running.size >= Math.min(most, args.concurrency())) await Promise.race(running);
      const messages = await receive();
      hidden = hidden.filter((old) => !messages.some(({ MessageId }) => MessageId === old.MessageId));
      if (messages.length === 0) continue;
      const work: Promise<void> = handle(messages)
        .catch(onTrouble)
        .finally(() => running.delete(work));
      running.add(work);
    }
  };
  const ended = loop().catch(onTrouble);

  return {
    get hidden() {
      return hidden.length;
    },
    get idle() {
      return running.size === 0;
    },
    async timeOut() {
      const due = hidden;
      hidden = [];
      for (const { ReceiptHandle } of due)
        await clients.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    },
    async [Symbol.asyncDispose]() {
      stopped = true; // not cut off: moto would go on and take a message for nobody
      await ended;
      await Promise.all(running);
      sqs.destroy();
    },
  };
}

const recordOf = (message: Message, eventSourceARN: string) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes,
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue, DataType }]) => [
      name,
      { stringValue: StringValue, dataType: DataType },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: region,
});

/** Without reports, or with one that names what was not in the batch, all of it failed. */
function failedOf(result: Invocation, messages: readonly Message[], reports: boolean): Set<Message> {
  if ('error' in result) return new Set(messages);
  if (!reports) return new Set();
  const { batchItemFailures = [] } = (result.payload ?? {}) as { batchItemFailures?: { itemIdentifier?: string }[] };
  const named = batchItemFailures.map(({ itemIdentifier }) =>
    messages.find(({ MessageId }) => MessageId === itemIdentifier),
  );
  return new Set(named.some((message) => message === undefined) ? messages : (named as Message[]));
}
