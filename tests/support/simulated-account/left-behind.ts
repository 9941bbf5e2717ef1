import {
  BatchClient,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
} from '@aws-sdk/client-batch';
import {
  CloudFrontClient,
  ListDistributionsCommand,
  ListOriginAccessControlsCommand,
} from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListSubscriptionsCommand, ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stackTag } from '../../../policies/tagged-types.ts';
import { taggedNetworkParts } from './authoriser/network-facts.ts';
import { clientSettings, clientsFor } from './clients.ts';
import { accountCall, accountRest } from './runner/account-rest.ts';

/** What is in an account, of every kind that the stack makes: `kind name`. */
export async function leftBehind(motoUrl: string): Promise<string[]> {
  const { s3, sqs, sns, dynamodb, iam, lambda, cognito } = clientsFor(motoUrl);
  const settings = clientSettings(motoUrl);
  const cloudfront = new CloudFrontClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  const ssm = new SSMClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  const batch = new BatchClient(settings);
  const found: Record<string, readonly (string | undefined)[] | undefined> = {
    bucket: (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    queue: (await sqs.send(new ListQueuesCommand({}))).QueueUrls,
    topic: (await sns.send(new ListTopicsCommand({}))).Topics?.map(({ TopicArn }) => TopicArn),
    subscription: (await sns.send(new ListSubscriptionsCommand({}))).Subscriptions?.map(({ Endpoint }) => Endpoint),
    table: (await dynamodb.send(new ListTablesCommand({}))).TableNames,
    role: (await iam.send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName),
    policy: (await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies?.map(({ PolicyName }) => PolicyName),
    function: (await lambda.send(new ListFunctionsCommand({}))).Functions?.map((each) => each.FunctionName),
    source: (await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings?.map(({ UUID }) => UUID),
    pool: (await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }))).UserPools?.map(({ Name }) => Name),
    distribution: (await cloudfront.send(new ListDistributionsCommand({}))).DistributionList?.Items?.map(
      ({ Id }) => Id,
    ),
    access: (await cloudfront.send(new ListOriginAccessControlsCommand({}))).OriginAccessControlList?.Items?.map(
      ({ Name }) => Name,
    ),
    parameter: (await ssm.send(new DescribeParametersCommand({}))).Parameters?.map(({ Name }) => Name),
    log: (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName),
    alarm: (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.map(({ AlarmName }) => AlarmName),
    // Not CodeBuild's projects: moto keeps one that is deleted by its ARN, as the provider does.
    repository: (await new ECRClient(settings).send(new DescribeRepositoriesCommand({}))).repositories?.map(
      ({ repositoryName }) => repositoryName,
    ),
    machines: (await batch.send(new DescribeComputeEnvironmentsCommand({}))).computeEnvironments?.map(
      (each) => each.computeEnvironmentName,
    ),
    jobs: (await batch.send(new DescribeJobQueuesCommand({}))).jobQueues?.map(({ jobQueueName }) => jobQueueName),
    worker: (await batch.send(new DescribeJobDefinitionsCommand({ status: 'ACTIVE' }))).jobDefinitions?.map(
      ({ jobDefinitionName }) => jobDefinitionName,
    ),
    network: await taggedNetworkParts(motoUrl, stackTag),
    dashboard: (await cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries?.map(
      (each) => each.DashboardName,
    ),
    schedule: (await accountRest<{ Schedules: { Name: string }[] }>(motoUrl, 'scheduler', '/schedules')).Schedules.map(
      ({ Name }) => Name,
    ),
    rule: (await accountCall<{ Rules: { Name: string }[] }>(motoUrl, 'events', 'AWSEvents.ListRules', {})).Rules.map(
      ({ Name }) => Name,
    ),
    api: (await accountRest<{ items: { name: string }[] }>(motoUrl, 'apigateway', '/v2/apis')).items.map(
      ({ name }) => name,
    ),
  };
  return Object.entries(found).flatMap(([kind, names = []]) => names.map((name) => `${kind} ${name}`));
}
