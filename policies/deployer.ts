import { boundaryArn } from './boundary.ts';
import { givesStackTag, hasStackTag, inOwnAccount } from './conditions.ts';
import { type PolicyPlace, regional, worldwide } from './named-arns.ts';
import { stateBaseName } from './state-names.ts';
import type { Conditions, Statement } from './statement.ts';

/** Whatever its own base name: one state has all stacks of an account and region. */
const stateBuckets = ({ partition, account }: PolicyPlace): string =>
  `arn:${partition}:s3:::${stateBaseName}-state-${account}-*`;

const own = (place: PolicyPlace): string => `arn:${place.partition}:s3:::${place.baseName}-*`;
const bucketsOf = (place: PolicyPlace): string[] =>
  place.baseName === stateBaseName ? [own(place)] : [own(place), stateBuckets(place)];

/** Roles are made and changed only with the boundary on them. */
const bounded = (place: PolicyPlace): Conditions => ({
  StringEquals: { 'iam:PermissionsBoundary': boundaryArn(place) },
});

/** Where things lie. */
const storeStatements = (place: PolicyPlace): Statement[] => [
  {
    id: 'Buckets',
    actions: [
      's3:CreateBucket',
      's3:DeleteBucket',
      's3:DeleteBucketPolicy',
      's3:GetAccelerateConfiguration',
      's3:GetBucketAcl',
      's3:GetBucketCORS',
      's3:GetBucketLogging',
      's3:GetBucketNotification',
      's3:GetBucketObjectLockConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketRequestPayment',
      's3:GetBucketTagging',
      's3:GetBucketVersioning',
      's3:GetBucketWebsite',
      's3:GetEncryptionConfiguration',
      's3:GetLifecycleConfiguration',
      's3:GetReplicationConfiguration',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
      's3:ListBucketVersions',
      's3:ListTagsForResource',
      's3:PutBucketCORS',
      's3:PutBucketNotification',
      's3:PutBucketOwnershipControls',
      's3:PutBucketPolicy',
      's3:PutBucketPublicAccessBlock',
      's3:PutBucketTagging',
      's3:PutBucketVersioning',
      's3:PutEncryptionConfiguration',
      's3:PutLifecycleConfiguration',
      's3:TagResource',
    ],
    on: bucketsOf(place),
    why: 'makes, reads, changes and removes the buckets of stacks and of the state; the engine compares every property',
    conditions: inOwnAccount(place, 'StringEqualsIfExists'), // what is about to be made is nobody's yet
  },
  {
    id: 'Objects',
    actions: [
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:GetObject',
      's3:GetObjectTagging',
      's3:PutObject',
    ],
    on: bucketsOf(place).map((bucket) => `${bucket}/*`),
    why: 'keeps the state, uploads the page, and empties buckets before they are removed',
    conditions: inOwnAccount(place, 'StringEquals'),
  },
  {
    id: 'Queues',
    actions: [
      'sqs:CreateQueue',
      'sqs:DeleteQueue',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ListQueueTags',
      'sqs:SetQueueAttributes',
      'sqs:TagQueue',
    ],
    on: regional(place, 'sqs', '%-*'),
    why: 'the queues and their dead letters',
  },
  {
    id: 'Tables',
    actions: [
      'dynamodb:CreateTable',
      'dynamodb:DeleteTable',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:ListTagsOfResource',
      'dynamodb:TagResource',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:UpdateTable',
      'dynamodb:UpdateTimeToLive',
    ],
    on: regional(place, 'dynamodb', 'table/%-*'),
    why: 'the table of jobs; none of its items',
  },
];

/** API Gateway's ARNs have neither account nor name. */
const apis = ({ partition }: PolicyPlace): string => `arn:${partition}:apigateway:*::/apis`;
const tagsOfApis = ({ partition }: PolicyPlace): string => `arn:${partition}:apigateway:*::/tags/*`;

/** What works, and what watches it. */
const functionStatements = (place: PolicyPlace): Statement[] => [
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
    on: regional(place, 'lambda', 'function:%-*'),
    why: 'the functions of the stages and of the API',
  },
  {
    id: 'EventSources',
    actions: ['lambda:CreateEventSourceMapping'],
    on: ['*'], // what is made has no ARN yet; the condition says whose it is
    why: 'feeds functions of stacks, and no other, from queues',
    conditions: { ArnLike: { 'lambda:FunctionArn': regional(place, 'lambda', 'function:%-*') } },
  },
  {
    id: 'ChangeEventSources',
    actions: ['lambda:DeleteEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
    on: regional(place, 'lambda', 'event-source-mapping:*'), // Lambda names mappings itself; the condition says whose they are
    why: 'changes and removes what feeds functions of stacks, and of no other',
    // One that a change which was cut off has removed already has no function: Lambda then says that it is not there.
    conditions: { ArnLikeIfExists: { 'lambda:FunctionArn': regional(place, 'lambda', 'function:%-*') } },
  },
  {
    id: 'ReadEventSources',
    actions: ['lambda:GetEventSourceMapping', 'lambda:ListTags', 'lambda:TagResource'],
    on: regional(place, 'lambda', 'event-source-mapping:*'), // Lambda names mappings itself
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
    on: regional(place, 'logs', 'log-group:/aws/lambda/%-*', 'log-group:/aws/apigateway/%-*'),
    why: 'the logs of functions and of the API, which labdeploy logs shows',
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
    on: regional(place, 'scheduler', 'schedule/default/%-*'),
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
    on: regional(place, 'cloudwatch', 'alarm:%-*'),
    why: 'alarms of dead letters, waiting messages and failures',
  },
  {
    id: 'Dashboards',
    actions: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
    on: worldwide(place, 'cloudwatch', 'dashboard/%-*'),
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
    on: regional(place, 'sns', '%-*'),
    why: 'where alarms go, and who gets them',
  },
  {
    id: 'Budgets',
    actions: ['budgets:ListTagsForResource', 'budgets:ModifyBudget', 'budgets:TagResource', 'budgets:ViewBudget'],
    on: worldwide(place, 'budgets', 'budget/%-*'),
    why: 'the monthly budget',
  },
  {
    id: 'MakeHttpApis',
    actions: ['apigateway:POST'],
    on: [apis(place)], // API Gateway names APIs itself; the condition says whose they are
    why: 'the HTTP API of a stack; only with its tag',
    conditions: givesStackTag,
  },
  {
    id: 'HttpApis',
    actions: ['apigateway:DELETE', 'apigateway:PATCH'],
    on: [`${apis(place)}/*`], // the condition says whose they are
    why: 'changes and removes the HTTP APIs of stacks, and no other',
    conditions: hasStackTag,
  },
  {
    id: 'HttpApiParts',
    actions: ['apigateway:DELETE', 'apigateway:PATCH', 'apigateway:POST'],
    on: [`${apis(place)}/*/*`, tagsOfApis(place)], // AWS says of REST APIs alone that their parts have the tags of the whole
    why: 'routes, integrations, authorisers, stages and tags of HTTP APIs',
  },
  {
    id: 'ReadHttpApis',
    actions: ['apigateway:GET'],
    on: [apis(place), `${apis(place)}/*`, tagsOfApis(place)], // reading takes nothing away
    why: 'the engine compares HTTP APIs, and finds one that a deployment which was killed had made',
  },
  {
    id: 'TagHttpApis',
    actions: ['apigateway:TagResource'],
    on: [apis(place), `${apis(place)}/*`, tagsOfApis(place)], // what is made has no tags yet that a condition could ask for
    why: 'what is made with tags is tagged',
  },
];

/** Who may use it, and what the world sees of it. */
const frontStatements = (place: PolicyPlace): Statement[] => [
  {
    id: 'MakePools',
    actions: ['cognito-idp:CreateUserPool'],
    on: ['*'], // a pool has no ARN before it is made
    why: 'people of a stack; only with its tag',
    conditions: givesStackTag,
  },
  {
    id: 'Pools',
    actions: [
      'cognito-idp:AdminAddUserToGroup',
      'cognito-idp:AdminCreateUser',
      'cognito-idp:AdminDeleteUser',
      'cognito-idp:AdminGetUser',
      'cognito-idp:AdminListGroupsForUser',
      'cognito-idp:AdminRemoveUserFromGroup',
      'cognito-idp:AdminUserGlobalSignOut',
      'cognito-idp:CreateGroup',
      'cognito-idp:CreateManagedLoginBranding',
      'cognito-idp:CreateUserPoolClient',
      'cognito-idp:CreateUserPoolDomain',
      'cognito-idp:DeleteGroup',
      'cognito-idp:DeleteManagedLoginBranding',
      'cognito-idp:DeleteUserPool',
      'cognito-idp:DeleteUserPoolClient',
      'cognito-idp:DeleteUserPoolDomain',
      'cognito-idp:DescribeManagedLoginBranding',
      'cognito-idp:DescribeManagedLoginBrandingByClient',
      'cognito-idp:DescribeUserPool',
      'cognito-idp:DescribeUserPoolClient',
      'cognito-idp:GetGroup',
      'cognito-idp:GetUserPoolMfaConfig',
      'cognito-idp:ListGroups',
      'cognito-idp:ListUserPoolClients',
      'cognito-idp:ListUsers',
      'cognito-idp:ListUsersInGroup',
      'cognito-idp:SetUserPoolMfaConfig',
      'cognito-idp:TagResource',
      'cognito-idp:UpdateGroup',
      'cognito-idp:UpdateManagedLoginBranding',
      'cognito-idp:UpdateUserPool',
      'cognito-idp:UpdateUserPoolClient',
      'cognito-idp:UpdateUserPoolDomain',
    ],
    on: regional(place, 'cognito-idp', 'userpool/*'), // Cognito names pools itself; the condition says whose they are
    why: 'changes the people of stacks, and of no other pool: labdeploy users',
    conditions: hasStackTag,
  },
  {
    id: 'FindPools',
    actions: ['cognito-idp:DescribeUserPoolDomain', 'cognito-idp:ListUserPools'],
    on: ['*'], // neither takes a resource
    why: 'the engine reads the domain back, and doctor asks whether Cognito is there',
  },
  {
    id: 'MakeDistributions',
    actions: ['cloudfront:CreateDistribution'],
    on: ['*'], // what is made has no ARN yet
    why: 'the page of a stack; only with its tag',
    conditions: givesStackTag,
  },
  {
    id: 'MakeEdgeParts',
    actions: [
      'cloudfront:CreateFunction',
      'cloudfront:CreateOriginAccessControl',
      'cloudfront:CreateResponseHeadersPolicy',
    ],
    on: ['*'], // what is made has no ARN yet, and these have no tags
    why: 'routes of the page, its way to its bucket, and its headers',
  },
  {
    id: 'Distributions',
    actions: ['cloudfront:DeleteDistribution', 'cloudfront:UpdateDistribution'],
    on: worldwide(place, 'cloudfront', 'distribution/*'), // CloudFront names them itself; the condition says whose they are
    why: 'changes and removes the pages of stacks, and no other distribution',
    conditions: hasStackTag,
  },
  {
    id: 'TagDistributions',
    actions: ['cloudfront:TagResource'],
    on: worldwide(place, 'cloudfront', 'distribution/*'), // CloudFront names them itself
    why: 'what is made with tags is tagged, before it has any that a condition could ask for',
  },
  {
    id: 'ReadDistributions',
    actions: ['cloudfront:GetDistribution', 'cloudfront:ListTagsForResource'],
    on: worldwide(place, 'cloudfront', 'distribution/*'), // CloudFront names them itself; reading takes nothing away
    why: 'the engine compares the page, also one that somebody has removed',
  },
  {
    id: 'EdgeParts',
    actions: [
      'cloudfront:DeleteOriginAccessControl',
      'cloudfront:DeleteResponseHeadersPolicy',
      'cloudfront:GetOriginAccessControl',
      'cloudfront:GetResponseHeadersPolicy',
      'cloudfront:UpdateOriginAccessControl',
      'cloudfront:UpdateResponseHeadersPolicy',
    ],
    on: worldwide(place, 'cloudfront', 'origin-access-control/*', 'response-headers-policy/*'), // CloudFront names them itself, and gives them no tags
    why: "the page's way to its bucket, and its headers; CloudFront removes none that is in use",
  },
  {
    id: 'EdgeFunctions',
    actions: [
      'cloudfront:DeleteFunction',
      'cloudfront:DescribeFunction',
      'cloudfront:GetFunction',
      'cloudfront:ListTagsForResource',
      'cloudfront:PublishFunction',
      'cloudfront:UpdateFunction',
    ],
    on: worldwide(place, 'cloudfront', 'function/%-*'),
    why: 'routes of the page',
  },
];

/** Roles: the way to more rights, hence the narrowest. */
const roleStatements = (place: PolicyPlace): Statement[] => [
  {
    id: 'MakeRoles',
    actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'a role for each function, always under the boundary, so that nobody gains rights by making one',
    conditions: bounded(place),
  },
  {
    id: 'Boundary',
    actions: ['iam:GetPolicy'],
    on: [boundaryArn(place)],
    why: 'up sees that there is a boundary, and puts it on every role',
  },
  {
    id: 'Roles',
    actions: [
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
      'iam:UpdateRoleDescription',
    ],
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'changes and removes the roles of stacks, and none that somebody made without the boundary',
    conditions: bounded(place),
  },
  {
    id: 'ReadRoles',
    actions: [
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListInstanceProfilesForRole',
      'iam:ListRolePolicies',
      'iam:TagRole',
    ],
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'reads the roles of stacks, also one that is gone, and tags them',
  },
  {
    id: 'PassRoles',
    actions: ['iam:PassRole'],
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'gives functions and schedules their roles, and nothing else',
    conditions: { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] } },
  },
];

/** What the command line needs beside the engine. */
const commandStatements = (place: PolicyPlace): Statement[] => [
  {
    id: 'Passphrase',
    actions: ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
    on: regional(place, 'ssm', `parameter/${stateBaseName}/*`),
    why: 'what the state is encrypted with',
  },
  {
    id: 'Look',
    actions: [
      'cloudfront:ListDistributions',
      'cloudfront:ListOriginAccessControls',
      'cloudfront:ListResponseHeadersPolicies',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'lambda:GetAccountSettings',
      'lambda:ListEventSourceMappings',
      'ses:GetAccount',
      'tag:GetResources',
    ],
    on: ['*'], // none of them takes a resource; all only read
    why: 'doctor, status, cost, what a deployment that was killed had made, and the proof that destroy left nothing',
  },
];

/** All that whoever deploys stacks may do, in order of services. Each row says why; `*` as a resource says so beside it. */
export const deployerStatements = (place: PolicyPlace): Statement[] => [
  ...storeStatements(place),
  ...functionStatements(place),
  ...frontStatements(place),
  ...roleStatements(place),
  ...commandStatements(place),
];
