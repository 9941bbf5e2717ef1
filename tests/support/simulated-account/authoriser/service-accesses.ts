import { type Access, type AccountRegion, arn, formOf, jsonOf, targetOf, UnknownRequest } from './access.ts';
import { budgetsAccesses, cloudwatchAccesses, iamAccesses, ssmAccesses } from './account-accesses.ts';
import { dynamodbAccesses } from './dynamodb-accesses.ts';
import { batchAccesses, ec2Accesses } from './machine-accesses.ts';
import {
  apiGatewayAccesses,
  cloudfrontAccesses,
  lambdaAccesses,
  schedulerAccesses,
  sesRestAccesses,
} from './rest-accesses.ts';
import { s3Accesses } from './s3-accesses.ts';
import type { SignedRequest } from './signed-request.ts';

type Accesses = (request: SignedRequest, target: AccountRegion) => Access[];

/** Batches need the permission of what they are batches of. */
const sqsAccesses: Accesses = (request, target) => {
  const call = jsonOf(request) as { QueueUrl?: string; QueueName?: string; tags?: object };
  const name = call.QueueUrl?.split('/').at(-1) ?? call.QueueName;
  const action = `sqs:${operationOf(request).replace(/Batch$/, '')}`;
  const resource = name === undefined ? '*' : arn(target, 'sqs', name);
  const isTagged = action === 'sqs:CreateQueue' && call.tags !== undefined;
  return [{ action, resource }, ...(isTagged ? [{ action: 'sqs:TagQueue', resource }] : [])];
};

const snsAccesses: Accesses = (request, target) => {
  const form = formOf(request);
  const name = form.get('Name');
  const subscription = form.get('SubscriptionArn')?.split(':').slice(0, 6).join(':'); // is judged by its topic
  const topic =
    form.get('TopicArn') ??
    form.get('ResourceArn') ??
    subscription ??
    (name === undefined ? '*' : arn(target, 'sns', name));
  const isTagged = form.get('Action') === 'CreateTopic' && form.has('Tags.member.1.Key');
  return [
    { action: `sns:${operationOf(request)}`, resource: topic },
    ...(isTagged ? [{ action: 'sns:TagResource', resource: topic }] : []),
  ];
};

const cognitoAccesses: Accesses = (request, target) => {
  const call = jsonOf(request) as { UserPoolId?: string; ResourceArn?: string; UserPoolTags?: Record<string, string> };
  const operation = operationOf(request);
  const pool =
    call.UserPoolId === undefined || operation === 'DescribeUserPoolDomain'
      ? '*'
      : arn(target, 'cognito-idp', `userpool/${call.UserPoolId}`);
  const context = Object.fromEntries(
    Object.entries(call.UserPoolTags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  );
  return [{ action: `cognito-idp:${operation}`, resource: call.ResourceArn ?? pool, context }];
};

const logsAccesses: Accesses = (request, target) => {
  const call = jsonOf(request) as {
    logGroupName?: string;
    logStreamName?: string;
    resourceArn?: string;
    tags?: object;
  };
  const group = call.logGroupName === undefined ? '*' : arn(target, 'logs', `log-group:${call.logGroupName}`);
  const stream = call.logStreamName === undefined ? '' : `log-stream:${call.logStreamName}`;
  const action = operationOf(request);
  const inGroup = group === '*' || action === 'CreateLogGroup' ? group : `${group}:${stream}`;
  const isTagged = action === 'CreateLogGroup' && call.tags !== undefined;
  return [
    { action: `logs:${action}`, resource: call.resourceArn ?? inGroup },
    ...(isTagged ? [{ action: 'logs:TagResource', resource: group }] : []),
  ];
};

/** Mail is sent as a verified identity: the address itself, or its domain. Which of them there is the account knows. */
const sesAccesses: Accesses = (request, target) => {
  if (request.method !== 'POST' || request.path !== '/v2/email/outbound-emails')
    return request.path === '/v2/email/account' ? sesRestAccesses(request, target) : anyAccess('ses')(request, target);
  const call = jsonOf(request) as {
    FromEmailAddress?: string;
    FromEmailAddressIdentityArn?: string;
    Content?: { Raw?: unknown };
  };
  const from = (/<([^>]+)>/.exec(call.FromEmailAddress ?? '')?.[1] ?? call.FromEmailAddress ?? '').toLowerCase();
  return [
    {
      action: call.Content?.Raw === undefined ? 'ses:SendEmail' : 'ses:SendRawEmail',
      resource: call.FromEmailAddressIdentityArn ?? arn(target, 'ses', `identity/${from}`),
      context: { 'ses:FromAddress': from },
    },
  ];
};

const stsAccesses: Accesses = (request) => {
  const form = formOf(request);
  const operation = operationOf(request);
  if (operation === 'GetCallerIdentity') return []; // allowed to everybody
  return [{ action: `sts:${operation}`, resource: form.get('RoleArn') ?? '*' }];
};

/** Builds are judged by their project, whose name their ids begin with. */
const codebuildAccesses: Accesses = (request, target) => {
  const call = jsonOf(request) as {
    name?: string;
    projectName?: string;
    names?: string[];
    ids?: string[];
    serviceRole?: string;
  };
  const named = [call.name ?? call.projectName, ...(call.names ?? []), ...(call.ids ?? [])];
  const projects = new Set(
    named.flatMap((each) => (each === undefined ? [] : [each.split('/').at(-1)!.split(':')[0]!])),
  );
  const action = `codebuild:${operationOf(request)}`;
  return [
    ...[...projects].map((project) => ({ action, resource: arn(target, 'codebuild', `project/${project}`) })),
    ...(call.serviceRole === undefined
      ? []
      : [
          {
            action: 'iam:PassRole',
            resource: call.serviceRole,
            context: { 'iam:PassedToService': 'codebuild.amazonaws.com' },
          },
        ]),
  ];
};

const ecrAccesses: Accesses = (request, target) => {
  const call = jsonOf(request) as {
    repositoryName?: string;
    repositoryNames?: string[];
    resourceArn?: string;
    tags?: object;
  };
  const name = call.repositoryName ?? call.repositoryNames?.[0];
  const repository = name === undefined ? '*' : arn(target, 'ecr', `repository/${name}`);
  const resource = call.resourceArn ?? repository;
  const operation = operationOf(request);
  const isTagged = operation === 'CreateRepository' && call.tags !== undefined;
  return [{ action: `ecr:${operation}`, resource }, ...(isTagged ? [{ action: 'ecr:TagResource', resource }] : [])];
};

/** Targets and tags are judged by their rule. */
const eventsAccesses: Accesses = (request, target) => {
  const call = jsonOf(request) as { Name?: string; Rule?: string; ResourceARN?: string; Tags?: object[] };
  const rule = call.Name ?? call.Rule;
  const resource = call.ResourceARN ?? (rule === undefined ? '*' : arn(target, 'events', `rule/${rule}`));
  const operation = operationOf(request);
  const isTagged = operation === 'PutRule' && call.Tags !== undefined && call.Tags.length > 0;
  return [
    { action: `events:${operation}`, resource },
    ...(isTagged ? [{ action: 'events:TagResource', resource }] : []),
  ];
};

/** The operation on anything: enough for those to whom all is allowed, and for the log. */
const anyAccess =
  (prefix: string): Accesses =>
  (request) => [{ action: `${prefix}:${operationOf(request)}`, resource: '*' }];

/** IAM's prefixes of services that sign as something else. */
const prefixes: Record<string, string> = { monitoring: 'cloudwatch', email: 'ses', tagging: 'tag' };

const known: Record<string, Accesses> = {
  s3: s3Accesses,
  sqs: sqsAccesses,
  dynamodb: dynamodbAccesses,
  sns: snsAccesses,
  'cognito-idp': cognitoAccesses,
  logs: logsAccesses,
  ses: sesAccesses,
  lambda: lambdaAccesses,
  sts: stsAccesses,
  iam: iamAccesses,
  ssm: ssmAccesses,
  monitoring: cloudwatchAccesses,
  budgets: budgetsAccesses,
  cloudfront: cloudfrontAccesses,
  apigateway: apiGatewayAccesses,
  scheduler: schedulerAccesses,
  codebuild: codebuildAccesses,
  ecr: ecrAccesses,
  events: eventsAccesses,
  batch: batchAccesses,
  ec2: ec2Accesses,
};

/** What a request to a service, as named in its signature, does: each must be allowed. Throws UnknownRequest. */
export function accessesOf(service: string, request: SignedRequest, target: AccountRegion): Access[] {
  return (known[service] ?? anyAccess(prefixes[service] ?? service))(request, target);
}

/** Name of the operation: from its target, its form, or the method and path of REST. */
function operationOf(request: SignedRequest): string {
  const cbor = /\/operation\/(\w+)$/.exec(request.path)?.[1];
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const operation = targetOf(request) ?? cbor ?? (isForm ? formOf(request).get('Action') : undefined);
  if (operation !== undefined) return operation;
  if (request.path === '/') throw new UnknownRequest('a request without an operation');
  return request.method;
}
