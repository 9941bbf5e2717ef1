import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { forEachLimit } from '../../async/for-each-limit.ts';
import type { Messages, QueueName } from '../../core/messages.ts';
import type { Queue, Received } from '../../ports/queue.ts';
import { messagesOf } from '../../stack/queue-events.ts';

export interface SqsQueueOptions {
  client: SQSClient;
  /** URLs; a function has only those that its descriptor names. */
  queues: Partial<Record<QueueName, string>>;
  deadLetters: Partial<Record<QueueName, string>>;
  /** Called with a message that is none of ours. It stays where it is: its queue's alarm calls the admin, in time it is forgotten. */
  unreadable: (queue: QueueName, error: unknown) => void;
  /** How long SQS looks for messages where it finds none; with 0 it may miss some that are there. Default 1. */
  waitSeconds?: number;
}

/** SQS's limits of one request. */
const entriesAtOnce = 10;
const bytesAtOnce = 256 * 1024;
const longestHiddenSeconds = 12 * 60 * 60;

const maxConcurrentCalls = 4;
const attempts = 6;
const firstPauseMs = 50;

export function sqsQueue({ client, queues, deadLetters, unreadable, waitSeconds = 1 }: SqsQueueOptions): Queue {
  const urlOf = (queue: QueueName) => given(queues[queue], `queue ${queue}`);
  const deadUrlOf = (queue: QueueName) => given(deadLetters[queue], `dead letters of ${queue}`);
  /** Parts of a message that are not acknowledged, by its receipt. */
  const open = new Map<string, Set<string>>();

  const receive = async <Q extends QueueName>(
    queue: Q,
    QueueUrl: string,
    { max, visibilitySeconds }: { max: number; visibilitySeconds: number },
  ): Promise<Received<Messages[Q]>[]> => {
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(max, entriesAtOnce),
        VisibilityTimeout: visibilitySeconds,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    const received: Received<Messages[Q]>[] = [];
    for (const message of messages) {
      const bodies = read(queue, message);
      if (bodies?.length === 0) {
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      }
      const receives = Number(message.Attributes?.ApproximateReceiveCount);
      const receipts = receiptsOf(message.ReceiptHandle!, bodies?.length ?? 0);
      if (receipts.length > 1) open.set(message.ReceiptHandle!, new Set(receipts));
      received.push(...receipts.map((receipt, i) => ({ receipt, body: bodies![i]!, receives })));
    }
    return received;
  };
  const read = <Q extends QueueName>(queue: Q, { Body = '' }: Message): Messages[Q][] | undefined => {
    try {
      return messagesOf(queue, Body);
    } catch (error) {
      unreadable(queue, error);
      return undefined;
    }
  };
  const acknowledge = async (QueueUrl: string, receipts: readonly string[]) => {
    const handles = receipts.filter((receipt) => isLast(open, receipt)).map(handleOf);
    await forEachLimit(
      batches(handles, () => 0),
      maxConcurrentCalls,
      async (batch) => {
        await insisting(`delete from ${QueueUrl}`, batch, async (entries) => {
          const Entries = entries.map(({ id, item }) => ({ Id: id, ReceiptHandle: item }));
          const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
          return Failed.filter(({ Code }) => !gone.has(Code ?? ''));
        });
      },
    );
  };
  const counts = async (QueueUrl: string) => {
    const names = ['', 'NotVisible', 'Delayed'].map((kind) => `ApproximateNumberOfMessages${kind}` as const);
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names as never }),
    );
    const [visible, received, delayed] = names.map((name) => Number(Attributes[name as keyof typeof Attributes] ?? 0));
    return { waiting: visible!, hidden: received! + delayed! };
  };

  return {
    async send(queue, bodies, { delaySeconds = 0 } = {}) {
      const QueueUrl = urlOf(queue);
      const texts = bodies.map((body) => JSON.stringify(body));
      await forEachLimit(batches(texts, Buffer.byteLength), maxConcurrentCalls, async (batch) => {
        await insisting(`send to ${queue}`, batch, async (entries) => {
          const Entries = entries.map(({ id, item }) => ({ Id: id, MessageBody: item, DelaySeconds: delaySeconds }));
          const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
          return Failed;
        });
      });
    },
    receive: async (queue, options) => receive(queue, urlOf(queue), options),
    acknowledge: async (queue, receipts) => acknowledge(urlOf(queue), receipts),
    async hide(queue, receipt, delaySeconds) {
      if (delaySeconds > longestHiddenSeconds) throw new RangeError(`hidden for ${delaySeconds} s: SQS takes 12 hours`);
      const ReceiptHandle = handleOf(receipt);
      const command = { QueueUrl: urlOf(queue), ReceiptHandle, VisibilityTimeout: delaySeconds };
      await client.send(new ChangeMessageVisibilityCommand(command)).catch((error) => {
        if (!gone.has((error as Error).name)) throw error;
      });
    },
    receiveDead: async (queue, options) => receive(queue, deadUrlOf(queue), options),
    acknowledgeDead: async (queue, receipts) => acknowledge(deadUrlOf(queue), receipts),
    async depth(queue) {
      const [own, dead] = await Promise.all([counts(urlOf(queue)), counts(deadUrlOf(queue))]);
      return { ...own, dead: dead.waiting + dead.hidden };
    },
    async [Symbol.asyncDispose]() {
      // the client is ended by who made it
    },
  };
}

function given(url: string | undefined, what: string): string {
  if (url === undefined) throw new Error(`no URL of the ${what}: the descriptor does not declare it`);
  return url;
}

/** A notification of several new objects is one message of SQS and several of ours. */
const receiptsOf = (handle: string, count: number): string[] =>
  count === 1 ? [handle] : Array.from({ length: count }, (_, i) => `${i}:${handle}`);
const handleOf = (receipt: string): string => receipt.slice(receipt.indexOf(':') + 1);

/** Marks the part as done: is it the last of its message? */
function isLast(open: Map<string, Set<string>>, receipt: string): boolean {
  const handle = handleOf(receipt);
  const parts = open.get(handle);
  if (parts === undefined) return true;
  parts.delete(receipt);
  if (parts.size > 0) return false;
  return open.delete(handle);
}

/** What SQS says of a receipt whose message was delivered again since, or deleted. */
const gone = new Set(['MessageNotInflight', 'ReceiptHandleIsInvalid', 'InvalidParameterValue']);

function* batches(items: readonly string[], size: (item: string) => number): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const item of items) {
    if (batch.length === entriesAtOnce || (batch.length > 0 && bytes + size(item) > bytesAtOnce)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(item);
    bytes += size(item);
  }
  if (batch.length > 0) yield batch;
}

/** Repeats for the entries that the service did not take, then throws. */
async function insisting(
  what: string,
  items: readonly string[],
  request: (entries: { id: string; item: string }[]) => Promise<BatchResultErrorEntry[]>,
): Promise<void> {
  let entries = items.map((item, i) => ({ id: String(i), item }));
  for (let attempt = 1; ; attempt++) {
    const failed = await request(entries);
    if (failed.length === 0) return;
    if (attempt === attempts || failed.some(({ SenderFault }) => SenderFault === true)) {
      const { Code, Message: text } = failed[0]!;
      throw new Error(`SQS refused to ${what}, ${failed.length} of ${items.length} messages: ${Code} ${text ?? ''}`);
    }
    const ids = new Set(failed.map(({ Id }) => Id));
    entries = entries.filter(({ id }) => ids.has(id));
    await sleep(Math.random() * firstPauseMs * 2 ** attempt);
  }
}
