import { givesStackTag, hasStackTag } from '../conditions.ts';
import { logWriters, type PolicyScope, regional, worldwide } from '../named-arns.ts';
import type { Statement } from '../statement.ts';

/** API Gateway's ARNs have neither account nor name. */
const apis = ({ partition }: PolicyScope): string => `arn:${partition}:apigateway:*::/apis`;
const tagsOfApis = ({ partition }: PolicyScope): string => `arn:${partition}:apigateway:*::/tags/*`;

/** What works, and what watches it. */
export const functionStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'Functions',
    actions: [
      'lambda:AddPermission',
      'lambda:CreateFunction',
      'lambda:DeleteFunction',
      'lambda:DeleteFunctionEventInvokeConfig',
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetFunctionConcurrency',
      'lambda:GetFunctionConfiguration',
      'lambda:GetFunctionEventInvokeConfig',
      'lambda:GetPolicy',
      'lambda:ListTags',
      'lambda:ListVersionsByFunction',
      'lambda:PutFunctionEventInvokeConfig',
      'lambda:RemovePermission',
      'lambda:TagResource',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
    ],
    on: regional(scope, 'lambda', 'function:%-*'),
    why: 'the functions of the stages and of the API',
  },
  {
    id: 'EventSources',
    actions: ['lambda:CreateEventSourceMapping'],
    on: ['*'], // what is made has no ARN yet; the condition says whose it is
    why: 'feeds functions of stacks, and no other, from queues',
    conditions: { ArnLike: { 'lambda:FunctionArn': regional(scope, 'lambda', 'function:%-*') } },
  },
  {
    id: 'ChangeEventSources',
    actions: ['lambda:DeleteEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
    on: regional(scope, 'lambda', 'event-source-mapping:*'), // Lambda names mappings itself; the condition says whose they are
    why: 'changes and removes what feeds functions of stacks, and of no other',
    // One that a change which was cut off has removed already has no function: Lambda then says that it is not there.
    conditions: { ArnLikeIfExists: { 'lambda:FunctionArn': regional(scope, 'lambda', 'function:%-*') } },
  },
  {
    id: 'ReadEventSources',
    actions: ['lambda:GetEventSourceMapping', 'lambda:ListTags', 'lambda:TagResource'],
    on: regional(scope, 'lambda', 'event-source-mapping:*'), // Lambda names mappings itself
    why: 'the engine compares event sources, and tags them',
  },
  {
    id: 'Logs',
    actions: [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:FilterLogEvents',
      'logs:ListTagsForResource',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
    ],
    on: regional(scope, 'logs', ...['apigateway', ...logWriters].map((writer) => `log-group:/aws/${writer}/%-*`)),
    why: 'the logs of functions and of the API, which labdeploy logs shows, of machines, builds and endpoints',
  },
  {
    id: 'AccessLogs',
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    on: ['*'], // none of them takes a resource
    why: 'the HTTP API writes its access log by a delivery that is made for whoever names the group',
  },
  {
    id: 'Schedules',
    actions: [
      'scheduler:CreateSchedule',
      'scheduler:DeleteSchedule',
      'scheduler:GetSchedule',
      'scheduler:UpdateSchedule',
    ],
    on: regional(scope, 'scheduler', 'schedule/default/%-*'),
    why: 'starts sweep',
  },
  {
    id: 'Alarms',
    actions: [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:ListTagsForResource',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
    ],
    on: regional(scope, 'cloudwatch', 'alarm:%-*'),
    why: 'alarms of dead letters, waiting messages and failures',
  },
  {
    id: 'Dashboards',
    actions: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
    on: worldwide(scope, 'cloudwatch', 'dashboard/%-*'),
    why: 'one dashboard a stack',
  },
  {
    id: 'Topics',
    actions: [
      'sns:CreateTopic',
      'sns:DeleteTopic',
      'sns:GetSubscriptionAttributes',
      'sns:GetTopicAttributes',
      'sns:ListTagsForResource',
      'sns:SetTopicAttributes',
      'sns:Subscribe',
      'sns:TagResource',
      'sns:Unsubscribe',
    ],
    on: regional(scope, 'sns', '%-*'),
    why: 'where alarms go, and who gets them',
  },
  {
    id: 'Budgets',
    actions: ['budgets:ListTagsForResource', 'budgets:ModifyBudget', 'budgets:TagResource', 'budgets:ViewBudget'],
    on: worldwide(scope, 'budgets', 'budget/%-*'),
    why: 'the monthly budget',
  },
  {
    id: 'MakeHttpApis',
    actions: ['apigateway:POST'],
    on: [apis(scope)], // API Gateway names APIs itself; the condition says whose they are
    why: 'the HTTP API of a stack; only with its tag',
    conditions: givesStackTag,
  },
  {
    id: 'HttpApis',
    actions: ['apigateway:DELETE', 'apigateway:PATCH'],
    on: [`${apis(scope)}/*`], // the condition says whose they are
    why: 'changes and removes the HTTP APIs of stacks, and no other',
    conditions: hasStackTag,
  },
  {
    id: 'HttpApiParts',
    actions: ['apigateway:DELETE', 'apigateway:PATCH', 'apigateway:POST'],
    on: [`${apis(scope)}/*/*`, tagsOfApis(scope)], // AWS says of REST APIs alone that their parts have the tags of the whole
    why: 'routes, integrations, authorisers, stages and tags of HTTP APIs',
  },
  {
    id: 'ReadHttpApis',
    actions: ['apigateway:GET'],
    on: [apis(scope), `${apis(scope)}/*`, tagsOfApis(scope)], // reading takes nothing away
    why: 'the engine compares HTTP APIs, and finds one that a deployment which was killed had made',
  },
  {
    id: 'TagHttpApis',
    actions: ['apigateway:TagResource'],
    on: [apis(scope), `${apis(scope)}/*`, tagsOfApis(scope)], // what is made has no tags yet that a condition could ask for
    why: 'what is made with tags is tagged',
  },
];
