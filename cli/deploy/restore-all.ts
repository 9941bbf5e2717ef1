import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ColdMessage } from '../../functions/core/messages.ts';
import type { AwsAccount } from './account.ts';

/** Has the service of a stack bring back what it archived of a person whose plan does not archive any more. `queue`: URL. */
export async function restoreAllOf(owner: string, queue: string, { client }: AwsAccount): Promise<void> {
  const sqs = new SQSClient(client);
  const message: ColdMessage = { kind: 'restoreAll', owner };
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(message) }));
  } finally {
    sqs.destroy();
  }
}
