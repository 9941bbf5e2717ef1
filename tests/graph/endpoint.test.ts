import { beforeAll, describe, expect, it } from '@jest/globals';
import { usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import { readConfig } from '../../infra/config.ts';
import { violations } from '../../policies/pack/rules.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const endpointImage = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/labdeploy-dev-models@sha256:${'ab'.repeat(32)}`;
const on = { endpoint: 'sagemaker', endpointImage };
const here = 'eu-central-1:123456789012';
const results = 'labdeploy-dev-results-1ff32a09';

const key = ({ type, name }: { type: string; name: string }) => `${type.split(':')[2]} ${name}`;
const only = <T>(all: Record<string, T>): T => {
  expect(Object.keys(all)).toHaveLength(1);
  return Object.values(all)[0]!;
};
const statementsOf = (graph: Graph, name: string) => {
  const { policy } = graph.of('aws:iam/rolePolicy:RolePolicy')[name]!;
  return JSON.parse(policy as string).Statement as { Sid: string; Action: string[]; Resource: string[] }[];
};
const variablesOf = (graph: Graph, name: string) =>
  (graph.of('aws:lambda/function:Function')[`labdeploy-${name}-function`]!.environment as { variables: object })
    .variables;

describe('an endpoint for a model in a container', () => {
  let off: Graph;
  let graph: Graph;
  /** With another value of each of its settings. */
  let other: Graph;
  beforeAll(async () => {
    off = await graphOf();
    graph = await graphOf(on);
    other = await graphOf({
      ...{ endpoint: 'sagemaker', endpointImage: endpointImage.replaceAll('ab', 'cd'), alarmEmail: 'lab@example.org' },
      ...{ endpointMachine: 'ml.g4dn.xlarge', endpointMachines: '3' },
    });
  });

  it('leaves no trace in a stack that has none', () => {
    expect(/sagemaker|endpoint-|ENDPOINT|ANSWERS|-answers/i.exec(JSON.stringify(off.resources))?.[0]).toBeUndefined();
    expect(Object.keys(off.outputs.queues as object)).not.toContain('answers');
  });

  it('is one endpoint with what it runs, says and is scaled by, and one stage that takes its answers', () => {
    const before = new Set(off.resources.map(key));
    const more = graph.resources.filter((each) => !before.has(key(each)));
    expect(more.filter(({ type }) => type.startsWith('aws:')).map(key)).toEqual([
      'Policy labdeploy-endpoint-scaling-rests',
      'Policy labdeploy-endpoint-scaling-wakes',
      'Target labdeploy-endpoint-scaling-target',
      'LogGroup labdeploy-answers-function-log',
      'LogGroup labdeploy-endpoint-log',
      'MetricAlarm labdeploy-endpoint-scaling-rests-alarm',
      'MetricAlarm labdeploy-endpoint-scaling-wakes-alarm',
      'Role labdeploy-answers-function-role',
      'Role labdeploy-endpoint-role',
      'RolePolicy labdeploy-answers-function-permissions',
      'RolePolicy labdeploy-endpoint-permissions',
      'EventSourceMapping labdeploy-answers-source',
      'Function labdeploy-answers-function',
      'Endpoint labdeploy-endpoint',
      'EndpointConfiguration labdeploy-endpoint-configuration',
      'Model labdeploy-endpoint-model',
      'Topic labdeploy-endpoint-answers',
      'TopicSubscription labdeploy-endpoint-answers-queue',
      'Queue labdeploy-queue-answers',
      'Queue labdeploy-queue-answers-dead',
    ]);
  });

  it('answers to the bucket of results and says so on its topic, which alone may send to the queue', () => {
    const configuration = only(graph.of('aws:sagemaker/endpointConfiguration:EndpointConfiguration'));
    expect(configuration).toMatchObject({
      productionVariants: [{ variantName: 'all', instanceType: 'ml.m5.large', initialInstanceCount: 1 }],
      asyncInferenceConfig: {
        clientConfig: { maxConcurrentInvocationsPerInstance: 1 },
        outputConfig: {
          s3OutputPath: `s3://${results}/~answers/`,
          s3FailurePath: `s3://${results}/~answers/`,
          notificationConfig: {
            successTopic: `arn:aws:sns:${here}:labdeploy-dev-answers`,
            errorTopic: `arn:aws:sns:${here}:labdeploy-dev-answers`,
          },
        },
      },
    });
    expect(only(graph.of('aws:sagemaker/model:Model'))).toMatchObject({ primaryContainer: { image: endpointImage } });
    expect(graph.of('aws:sns/topicSubscription:TopicSubscription')['labdeploy-endpoint-answers-queue']).toMatchObject({
      protocol: 'sqs',
      rawMessageDelivery: true,
    });
    const { policy } = graph.of('aws:sqs/queue:Queue')['labdeploy-queue-answers']!;
    expect(JSON.parse(policy as string).Statement.slice(1)).toEqual([
      {
        Sid: 'FromTopic',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:${here}:labdeploy-dev-answers`,
        Condition: {
          ArnEquals: { 'aws:SourceArn': `arn:aws:sns:${here}:labdeploy-dev-answers` },
          StringEquals: { 'aws:SourceAccount': '123456789012' },
        },
      },
    ]);
  });

  it('has a new name for what it runs with another image or type of machine, as the live one needs the old', () => {
    const names = (each: Graph) => [
      only(each.of('aws:sagemaker/model:Model')).name,
      only(each.of('aws:sagemaker/endpointConfiguration:EndpointConfiguration')).name,
    ];
    expect(names(graph)).toEqual(['labdeploy-dev-endpoint-9681615e', 'labdeploy-dev-endpoint-9681615e']);
    expect(names(other)).toEqual(['labdeploy-dev-endpoint-44106130', 'labdeploy-dev-endpoint-44106130']);
    for (const each of [graph, other])
      expect(only(each.of('aws:sagemaker/endpoint:Endpoint')).name).toBe('labdeploy-dev-endpoint');
    expect(only(other.of('aws:sagemaker/endpointConfiguration:EndpointConfiguration'))).toMatchObject({
      productionVariants: [{ instanceType: 'ml.g4dn.xlarge' }],
    });
  });

  it('has no machine until something waits, and none again when nothing was asked for a quarter of an hour', () => {
    expect(only(graph.of('aws:appautoscaling/target:Target'))).toMatchObject({
      resourceId: 'endpoint/labdeploy-dev-endpoint/variant/all',
      scalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      minCapacity: 0,
      maxCapacity: 1,
    });
    const changes = Object.fromEntries(
      Object.values(graph.of('aws:appautoscaling/policy:Policy')).map(({ name, stepScalingPolicyConfiguration }) => [
        name,
        stepScalingPolicyConfiguration,
      ]),
    );
    expect(changes).toMatchObject({
      'labdeploy-dev-endpoint-wakes': {
        adjustmentType: 'ExactCapacity',
        stepAdjustments: [{ scalingAdjustment: 1, metricIntervalLowerBound: '0' }],
      },
      'labdeploy-dev-endpoint-rests': {
        adjustmentType: 'ExactCapacity',
        stepAdjustments: [{ scalingAdjustment: 0, metricIntervalUpperBound: '0' }],
      },
    });
    const alarms = graph.of('aws:cloudwatch/metricAlarm:MetricAlarm');
    expect(alarms['labdeploy-endpoint-scaling-wakes-alarm']).toMatchObject({
      metricName: 'HasBacklogWithoutCapacity',
      dimensions: { EndpointName: 'labdeploy-dev-endpoint' },
      threshold: 1,
      evaluationPeriods: 1,
    });
    expect(alarms['labdeploy-endpoint-scaling-rests-alarm']).toMatchObject({
      metricName: 'ApproximateBacklogSize',
      treatMissingData: 'breaching',
      evaluationPeriods: 15,
      period: 60,
    });
  });

  it('gets another machine where more are allowed and many images wait', () => {
    expect(only(other.of('aws:appautoscaling/target:Target'))).toMatchObject({ maxCapacity: 3 });
    expect(other.of('aws:cloudwatch/metricAlarm:MetricAlarm')['labdeploy-endpoint-scaling-grows-alarm']).toMatchObject({
      metricName: 'ApproximateBacklogSizePerInstance',
    });
  });

  it('is asked by predict alone; what it runs, which is foreign code, reads requests and writes answers', () => {
    const functions = ['unzip', 'predict', 'zip', 'notify', 'answers', 'sweep'];
    expect(functions.filter((name) => 'LABDEPLOY_ENDPOINT' in variablesOf(graph, name))).toEqual(['predict']);
    const asking = functions.filter((name) =>
      statementsOf(graph, `labdeploy-${name}-function-permissions`).some(({ Sid }) => Sid === 'AskModel'),
    );
    expect(asking).toEqual(['predict']);
    expect(
      statementsOf(graph, 'labdeploy-endpoint-permissions').map(({ Action, Resource }) => [Action, Resource]),
    ).toEqual([
      [['s3:GetObject'], [`arn:aws:s3:::${results}/*/.tables.unfinished/*/requests/*.npy`]],
      [['s3:PutObject', 's3:AbortMultipartUpload'], [`arn:aws:s3:::${results}/~answers/*`]],
      [['sns:Publish'], [`arn:aws:sns:${here}:labdeploy-dev-answers`]],
      [
        ['logs:CreateLogStream', 'logs:PutLogEvents'],
        [`arn:aws:logs:${here}:log-group:/aws/sagemaker/Endpoints/labdeploy-dev-endpoint:*`],
      ],
      [['ecr:GetAuthorizationToken'], ['*']],
      [
        ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        [`arn:aws:ecr:${here}:repository/labdeploy-dev-models`],
      ],
    ]);
  });

  it('breaks no rule of the policy pack', () => {
    expect(violations(other.resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })))).toEqual([]);
  });

  it('costs two alarms and the polling of one queue while nothing is asked', () => {
    const [off, more] = [usageOfIdleMonth(readConfig({})), usageOfIdleMonth(readConfig(on))];
    expect(more.alarms! - off.alarms!).toBe(2);
    expect(more.messages! - off.messages!).toBe(5 * ((730 * 3600) / 20) + 8760); // of polls of 20 s, and sweep's looks
    expect({ ...more, messages: 0, alarms: 0 }).toEqual({ ...off, messages: 0, alarms: 0 });
  });

  it.each([
    [{ endpoint: 'sagemaker' }, 'labdeploy:endpointImage: missing: endpoint is sagemaker'],
    [
      { ...on, endpointImage: 'lab/cells:latest' },
      'labdeploy:endpointImage: not an image of ECR by its digest, ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:...',
    ],
    [{ ...on, endpointMachine: 'm5.large' }, 'labdeploy:endpointMachine: not a type of machine of SageMaker'],
  ])('is refused with %j', (settings, why) => {
    expect(() => readConfig(settings)).toThrow(why);
  });
});
