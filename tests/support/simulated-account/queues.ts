import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueName } from '../../../functions/core/messages.ts';

/** A queue and its dead letters for each name; `attempts`: deliveries before a message is dead. Gives their URLs. */
export async function makeQueues(client: SQSClient, attempts: Record<QueueName, number>) {
  const urls = { queues: {} as Record<QueueName, string>, deadLetters: {} as Record<QueueName, string> };
  const run = randomUUID();
  const make = async (name: string, Attributes: Record<string, string> = {}) =>
    (await client.send(new CreateQueueCommand({ QueueName: `${name}-${run}`, Attributes }))).QueueUrl!;
  for (const name of Object.keys(attempts) as QueueName[]) {
    urls.deadLetters[name] = await make(`${name}-dead`);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: urls.deadLetters[name], AttributeNames: ['QueueArn'] }),
    );
    const redrive = { deadLetterTargetArn: Attributes!.QueueArn, maxReceiveCount: attempts[name] };
    urls.queues[name] = await make(name, { RedrivePolicy: JSON.stringify(redrive) });
  }
  return urls;
}
