import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { Failure } from '../../core/errors.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** SNS takes printable ASCII only, and less than so many characters. */
const subjectEnd = 100;

/** Notices to a topic: programs that subscribe get the JSON, people by e-mail the words. SNS signs what it sends on. */
export const snsNotifier = ({ client, topicArn }: { client: SNSClient; topicArn: string }): Notifier => ({
  async send({ id, subject, text, payload }, { signal }) {
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    const message = new PublishCommand({
      TopicArn: topicArn,
      Subject: subject.replace(/[^ -~]/gu, '?').slice(0, subjectEnd - 1),
      MessageStructure: 'json',
      Message: JSON.stringify({ default: JSON.stringify(payload), email: text }),
      MessageAttributes: { event: attribute(payload.event), delivery: attribute(id) },
    });
    try {
      await client.send(message, signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      throw new Failure(
        'noticeUnsent',
        { where: `the topic ${topicArn}`, detail: (error as Error).message },
        { cause: error },
      );
    }
  },
});
