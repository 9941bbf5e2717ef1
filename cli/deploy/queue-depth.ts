import { GetQueueAttributesCommand, type QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsAccount } from './account.ts';

/** Messages, as SQS counts them: about right. */
export interface QueueDepth {
  /** Those that were delayed are among them. */
  waiting: number;
  /** Taken by a function or a machine that has not ended them yet. */
  hidden: number;
}

const [visible, delayed, taken]: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
];

/** Undefined where the queue is gone. */
export async function queueDepth(
  QueueUrl: string,
  { client }: Pick<AwsAccount, 'client'>,
): Promise<QueueDepth | undefined> {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [visible!, delayed!, taken!] });
  try {
    const { Attributes = {} } = await new SQSClient(client).send(asked);
    const of = (name: QueueAttributeName) => Number(Attributes[name] ?? 0);
    return { waiting: of(visible!) + of(delayed!), hidden: of(taken!) };
  } catch (error) {
    if ((error as Error).name === 'QueueDoesNotExist') return undefined;
    throw error;
  }
}
