import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../stack-context.ts';
import { onlyByTls } from './private-bucket.ts';

export interface MonitoringArgs {
  context: StackContext;
  /** Queues whose messages must not wait for long. */
  queues: Record<string, aws.sqs.Queue>;
  /** Queues in which nothing should ever be. */
  dead: Record<string, aws.sqs.Queue>;
  functions: Record<string, aws.lambda.Function>;
  api: aws.apigatewayv2.Api;
}

const minute = 60;
/** A message that waits so long is one that is not received: a large folder moves on. */
const longestWait = 6 * 60 * minute;

/** What tells the lab that something is wrong, and shows what goes on. Alarms and budget exist where an address gets them, the dashboard where it is wanted. */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:Watch', name, {}, opts);
    const childOpts = { parent: this };
    const { alarmEmail } = args.context.config;
    if (alarmEmail !== undefined) {
      alarms(name, args, alarmEmail, childOpts);
      budget(name, args.context, alarmEmail, childOpts);
    }
    if (args.context.config.dashboard) dashboard(name, args, childOpts);
    this.registerOutputs({});
  }
}

function alarms(
  name: string,
  { context, queues, dead, api }: MonitoringArgs,
  email: string,
  childOpts: pulumi.ResourceOptions,
) {
  const topicName = context.name('alarms', 'topic');
  const topicArn = context.arn('sns', topicName);
  const topic = new aws.sns.Topic(`${name}-alarms`, { name: topicName }, childOpts);
  new aws.sns.TopicPolicy(
    `${name}-alarms-policy`,
    {
      arn: topic.arn,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          onlyByTls(topicArn, 'sns:Publish'),
          {
            Sid: 'FromAlarms',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: topicArn,
            Condition: { StringEquals: { 'aws:SourceAccount': context.account } },
          },
        ],
      }),
    },
    childOpts,
  );
  new aws.sns.TopicSubscription(
    `${name}-alarms-email`,
    { topic: topic.arn, protocol: 'email', endpoint: email },
    childOpts,
  );
  const alarm = (part: string, args: Omit<aws.cloudwatch.MetricAlarmArgs, 'name' | 'evaluationPeriods'>) =>
    new aws.cloudwatch.MetricAlarm(
      `${name}-${part}`,
      {
        name: context.name(part, 'alarm'),
        evaluationPeriods: 1,
        treatMissingData: 'notBreaching',
        alarmActions: [topic.arn],
        okActions: [topic.arn],
        ...args,
      },
      childOpts,
    );
  for (const [part, queue] of Object.entries(dead)) {
    alarm(`${part}-dead`, {
      alarmDescription: `Messages of ${part} were given up. Sweep writes the reason beside each file; the log of the function says more.`,
      ...sqs(queue, 'ApproximateNumberOfMessagesVisible'),
      threshold: 0,
    });
  }
  for (const [part, queue] of Object.entries(queues)) {
    alarm(`${part}-waits`, {
      alarmDescription: `A message of ${part} has waited for six hours: its function is throttled, or fails.`,
      ...sqs(queue, 'ApproximateAgeOfOldestMessage'),
      threshold: longestWait,
    });
  }
  alarm('api-fails', {
    alarmDescription: 'The API answered five requests of five minutes with a fault of its own.',
    namespace: 'AWS/ApiGateway',
    metricName: '5xx',
    dimensions: { ApiId: api.id },
    statistic: 'Sum',
    period: 5 * minute,
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    threshold: 5,
  });
}

const sqs = (queue: aws.sqs.Queue, metricName: string) => ({
  namespace: 'AWS/SQS',
  metricName,
  dimensions: { QueueName: queue.name },
  statistic: 'Maximum',
  period: 5 * minute,
  comparisonOperator: 'GreaterThanThreshold',
});

/** Of the whole account: costs by tag are there only after the tag was switched on in the billing console. */
function budget(name: string, context: StackContext, email: string, childOpts: pulumi.ResourceOptions) {
  const notification = (notificationType: string, threshold: number) => ({
    notificationType,
    threshold,
    thresholdType: 'PERCENTAGE',
    comparisonOperator: 'GREATER_THAN',
    subscriberEmailAddresses: [email],
  });
  new aws.budgets.Budget(
    `${name}-budget`,
    {
      name: context.worldName('monthly', 'budget'),
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: context.config.monthlyBudget.toFixed(2),
      limitUnit: 'USD',
      notifications: [notification('ACTUAL', 80), notification('FORECASTED', 100)],
    },
    childOpts,
  );
}

function dashboard(
  name: string,
  { context, queues, dead, functions, api }: MonitoringArgs,
  childOpts: pulumi.ResourceOptions,
) {
  const { region } = context;
  const names = <T extends { name: pulumi.Output<string> }>(parts: Record<string, T>) =>
    pulumi.all(Object.values(parts).map((thing) => thing.name));
  const body = pulumi
    .all([names(queues), names(dead), names(functions), api.id])
    .apply(([queueNames, deadNames, functionNames, apiId]) => {
      const graph = (title: string, stat: string, metrics: string[][]) => ({
        type: 'metric',
        width: 12,
        height: 6,
        properties: { title, region, stat, period: 5 * minute, view: 'timeSeries', metrics },
      });
      const ofQueues = (metric: string, of: string[]) => of.map((queue) => ['AWS/SQS', metric, 'QueueName', queue]);
      const ofFunctions = (metric: string) => functionNames.map((each) => ['AWS/Lambda', metric, 'FunctionName', each]);
      return JSON.stringify({
        widgets: [
          graph('Waiting messages', 'Maximum', ofQueues('ApproximateNumberOfMessagesVisible', queueNames)),
          graph('Dead letters', 'Maximum', ofQueues('ApproximateNumberOfMessagesVisible', deadNames)),
          graph('Oldest message, s', 'Maximum', ofQueues('ApproximateAgeOfOldestMessage', queueNames)),
          graph('Functions at work', 'Maximum', ofFunctions('ConcurrentExecutions')),
          graph('Time of one call, ms (p95)', 'p95', ofFunctions('Duration')),
          graph('Errors', 'Sum', ofFunctions('Errors')),
          graph('Requests', 'Sum', [['AWS/ApiGateway', 'Count', 'ApiId', apiId]]),
          graph('Refused and failed requests', 'Sum', [
            ['AWS/ApiGateway', '4xx', 'ApiId', apiId],
            ['AWS/ApiGateway', '5xx', 'ApiId', apiId],
          ]),
        ],
      });
    });
  new aws.cloudwatch.Dashboard(
    `${name}-dashboard`,
    { dashboardName: context.worldName('service', 'dashboard'), dashboardBody: body },
    childOpts,
  );
}
