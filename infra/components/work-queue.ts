import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { daySeconds } from '../../functions/core/time.ts';
import type { StackContext } from '../stack-context.ts';
import { onlyByTls, type PolicyStatement } from './private-bucket.ts';

/** A message is dead at the latest then; its age goes on in the dead letters, which must keep it longer. */
const queueDays = 10;
const deadDays = 14; // the most that SQS has

export interface WorkQueueArgs {
  context: StackContext;
  part: string;
  visibilitySeconds: number;
  attempts: number;
  /** Absent: as long as a large folder may wait. */
  retentionSeconds?: number;
  /** ARN of the bucket whose new objects S3 announces here. */
  announces?: string;
  /** ARN of the topic that is subscribed to. */
  topic?: string;
}

/** A queue whose messages, after so many attempts, are in its dead letters. */
export class WorkQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  readonly dead: aws.sqs.Queue;
  /** Known before the queue is there, so that policies can name it. */
  readonly arn: string;
  readonly deadArn: string;

  constructor(name: string, args: WorkQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:WorkQueue', name, {}, opts);
    const childOpts = { parent: this };
    const { context, part, visibilitySeconds, attempts, announces, topic } = args;
    const { retentionSeconds = queueDays * daySeconds } = args;
    const [queueName, deadName] = [context.name(part, 'queue'), context.name(`${part}-dead`, 'queue')];
    this.arn = context.arn('sqs', queueName);
    this.deadArn = context.arn('sqs', deadName);
    this.dead = new aws.sqs.Queue(
      `${name}-dead`,
      {
        name: deadName,
        messageRetentionSeconds: deadDays * daySeconds,
        visibilityTimeoutSeconds: 300,
        sqsManagedSseEnabled: true,
        redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [this.arn] }),
        policy: queuePolicy([onlyByTls(this.deadArn, 'sqs:*')]),
      },
      childOpts,
    );
    this.queue = new aws.sqs.Queue(
      name,
      {
        name: queueName,
        messageRetentionSeconds: retentionSeconds,
        visibilityTimeoutSeconds: visibilitySeconds,
        receiveWaitTimeSeconds: 20,
        sqsManagedSseEnabled: true,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.dead.arn, maxReceiveCount: attempts }),
        policy: queuePolicy([
          onlyByTls(this.arn, 'sqs:*'),
          ...(announces === undefined ? [] : [from('s3', this.arn, announces, context.account)]),
          ...(topic === undefined ? [] : [from('sns', this.arn, topic, context.account)]),
        ]),
      },
      childOpts,
    );
    this.registerOutputs({ url: this.queue.url, deadUrl: this.dead.url });
  }
}

const queuePolicy = (statements: PolicyStatement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** What a service may send for one of its resources: a bucket or a topic. */
const from = (service: keyof typeof senders, queue: string, source: string, account: string): PolicyStatement => ({
  Sid: senders[service],
  Effect: 'Allow',
  Principal: { Service: `${service}.amazonaws.com` },
  Action: 'sqs:SendMessage',
  Resource: queue,
  Condition: { ArnEquals: { 'aws:SourceArn': source }, StringEquals: { 'aws:SourceAccount': account } },
});
const senders = { s3: 'FromBucket', sns: 'FromTopic' };
