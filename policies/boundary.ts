import { hasStackTag, inOwnAccount } from './conditions.ts';
import { logWriters, type PolicyScope, regional, worldwide } from './named-arns.ts';
import { billingParameter, brokerParameter } from './state-names.ts';
import type { PolicyDocument, Statement } from './statement.ts';

/** Of whom a mail comes from. */
const senderKey = 'ses:FromAddress';

/** The senders that a boundary, as it is in the account, limits mail to; undefined: it does not. */
export function sendersIn(document: PolicyDocument): string[] | undefined {
  const mail = document.Statement.find(({ Sid }) => Sid === 'Mail');
  const senders = mail?.Condition?.StringLike?.[senderKey];
  return senders === undefined ? undefined : [senders].flat();
}

/** Name of the policy without which the deployer can give no role to a stack. */
export const boundaryName = (baseName: string): string => `${baseName}-boundary`;

export const boundaryArn = (scope: PolicyScope): string =>
  worldwide(scope, 'iam', `policy/${boundaryName(scope.baseName)}`)[0]!;

/**
 * The most that any role of any stack can ever do, whatever its own policy says: what stages use, on what labdeploy has
 * named. It gives nothing by itself.
 */
export const boundaryStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'Objects',
    actions: [
      's3:GetObject',
      's3:PutObject',
      's3:DeleteObject',
      's3:ListBucket',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
      's3:ListBucketMultipartUploads',
      's3:RestoreObject',
    ],
    on: [`arn:${scope.partition}:s3:::${scope.baseName}-*`],
    why: 'images and results of this account; no bucket is made, opened or removed',
    conditions: inOwnAccount(scope, 'StringEquals'),
  },
  {
    id: 'Messages',
    actions: [
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ],
    on: regional(scope, 'sqs', '%-*'),
    why: 'the queues between the stages',
  },
  {
    id: 'Jobs',
    actions: [
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    on: regional(scope, 'dynamodb', 'table/%-*'),
    why: 'the table of jobs; no scan, no change of the table itself',
  },
  {
    id: 'Logs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    on: regional(scope, 'logs', ...logWriters.map((writer) => `log-group:/aws/${writer}/%-*`)),
    why: 'each function, machine, build and endpoint writes its log',
  },
  {
    id: 'StoreImages',
    actions: [
      'ecr:CompleteLayerUpload',
      'ecr:DescribeImages',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ],
    on: regional(scope, 'ecr', 'repository/%-*'),
    why: 'the builder of images stores them; none is removed',
  },
  {
    id: 'Builds',
    actions: ['codebuild:BatchGetBuilds', 'codebuild:ListBuildsForProject', 'codebuild:StartBuild'],
    on: regional(scope, 'codebuild', 'project/%-*'),
    why: 'images of models are built',
  },
  {
    id: 'BuildLogs',
    actions: ['logs:GetLogEvents'],
    on: regional(scope, 'logs', 'log-group:/aws/codebuild/%-*'),
    why: 'why a build failed; no other log is read',
  },
  {
    id: 'Sweeps',
    actions: ['lambda:InvokeFunction'],
    on: regional(scope, 'lambda', 'function:%-*'),
    why: 'a schedule starts sweep',
  },
  {
    id: 'Machines',
    actions: ['batch:SubmitJob'],
    on: regional(scope, 'batch', 'job-queue/%-*', 'job-definition/%-*'),
    why: 'machines for large images are started',
  },
  {
    id: 'AskModels',
    actions: ['sagemaker:InvokeEndpointAsync'],
    on: regional(scope, 'sagemaker', 'endpoint/%-*'),
    why: 'a model in a container that is kept ready is asked',
  },
  {
    id: 'CountMachines',
    actions: ['batch:ListJobs', 'ecr:GetAuthorizationToken'],
    on: ['*'], // neither has resources that these could name
    why: 'how many machines there are, and the way to their image',
  },
  {
    id: 'Images',
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    on: [`arn:${scope.partition}:ecr:*:*:repository/*`], // of whatever account; its own policy says who may
    why: 'the image of machines is read; none is written',
  },
  {
    id: 'Addresses',
    actions: [
      'cognito-idp:AdminGetUser',
      'cognito-idp:AdminListGroupsForUser',
      'cognito-idp:ListGroups',
      'cognito-idp:ListUsers',
      'cognito-idp:ListUsersInGroup',
    ],
    on: regional(scope, 'cognito-idp', 'userpool/*'), // Cognito names pools itself; the condition says whose they are
    why: 'notices go to owners, jobs are shared with addresses, administrators see who is in, plans say what is archived; no pool that is of no stack',
    conditions: hasStackTag,
  },
  {
    id: 'Federate',
    actions: ['cognito-idp:AdminCreateUser', 'cognito-idp:AdminLinkProviderForUser'],
    on: regional(scope, 'cognito-idp', 'userpool/*'), // as above
    why: 'people who sign in with an institution get accounts; no pool that is of no stack',
    conditions: hasStackTag,
  },
  {
    id: 'GivePlans',
    actions: ['cognito-idp:AdminAddUserToGroup', 'cognito-idp:AdminRemoveUserFromGroup', 'cognito-idp:CreateGroup'],
    on: regional(scope, 'cognito-idp', 'userpool/*'), // as above
    why: 'a payment service says which plan a person has, which is a group; no pool that is of no stack',
    conditions: hasStackTag,
  },
  {
    id: 'Secrets',
    actions: ['ssm:GetParameter'],
    on: regional(scope, 'ssm', ...[billingParameter('*'), brokerParameter('*')].map((name) => `parameter${name}`)),
    why: 'the secret of the events of a payment service, and those of the broker of sign-ins; none that others use',
  },
  {
    id: 'Mail',
    actions: ['ses:SendEmail'],
    on: regional(scope, 'ses', 'identity/*', 'configuration-set/*'), // in its sandbox SES asks about recipients too
    why: 'notices are mailed',
    ...(scope.senders !== undefined && { conditions: { StringLike: { [senderKey]: scope.senders } } }),
  },
  {
    id: 'Notices',
    actions: ['sns:Publish'],
    on: regional(scope, 'sns', '%-*'),
    why: 'notices are published to a topic of the lab, whose name begins like all, and answers of an endpoint to one of the stack',
  },
  {
    id: 'Traces',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    on: ['*'], // X-Ray has no resources that these could name
    why: 'traces, where the configuration asks for them',
  },
];
