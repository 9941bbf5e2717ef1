import { featureOfQueue, type QueueName } from '../functions/core/messages.ts';
import { type Bucket, composingPrefix, featureOfBucket } from '../functions/core/object-keys.ts';
import { capitalised } from '../functions/core/text.ts';
import { oneTimePrefix, type TablePart, table, tableActions } from '../functions/stack/table-schema.ts';
import type { Access } from '../functions/stages/access.ts';
import type { Statement } from './statement.ts';

/** ARNs of the resources that an access names. Only those that are asked for need to be there. */
export interface ResourceArns {
  buckets: Partial<Record<Bucket, string>>;
  queues: Partial<Record<QueueName, string>>;
  deadLetters: Partial<Record<QueueName, string>>;
  table?: string;
  /** The machines for large images; absent where a stack has none. */
  fleet?: { queue: string; deadLetters: string; jobQueue: string; jobDefinition: string };
  /** Of a model that is kept elsewhere; absent where a stack has none. */
  endpoint?: string;
  /** What builds images of models, and has them; absent where a stack builds none. */
  builds?: { project: string; repository: string; log: string };
  /** The Cognito pool. */
  userPool?: string;
  /** Pools that people of institutions come to, and the tag of the one that is meant: it is made after what it asks. */
  federated?: { pools: string; tag: [name: string, value: string] };
  /** Parameter with the secrets of the broker of sign-ins; absent where a stack has none. */
  broker?: string;
  /** Parameter with the secret of a payment service; absent where none is connected. */
  billing?: string;
  /** Whom mail comes from, and what of SES that touches. */
  mail?: { from: string; on: readonly string[] };
  /** Where notices are published. */
  noticeTopic?: string;
}

function arnOf(arn: string | undefined, of: string): string {
  if (arn === undefined) throw new RangeError(`no ARN of ${of}`);
  return arn;
}

/** The statements that a function's declared access needs on AWS: one for each bucket or queue of each kind, one for each part of the table. */
export function accessStatements(access: Access, arns: ResourceArns): Statement[] {
  const bucket = (name: Bucket) => arnOf(arns.buckets[name], `the bucket ${name}`);
  const queue = (name: QueueName) => arnOf(arns.queues[name], `the queue ${name}`);
  const dead = (name: QueueName) => arnOf(arns.deadLetters[name], `the dead letters of ${name}`);
  /** A stack without the feature of a bucket has no such bucket. */
  const made = (names: readonly Bucket[]) =>
    names.filter((name) => featureOfBucket[name] === undefined || arns.buckets[name] !== undefined);
  /** A stack without the feature of a queue has no such queue. */
  const isThere = (name: QueueName) => featureOfQueue[name] === undefined || arns.queues[name] !== undefined;
  return [
    ...made(access.reads).map((name) => ({
      id: `Read${capitalised(name)}`,
      actions: ['s3:GetObject'],
      on: [`${bucket(name)}/*`],
      why: `reads ${name}`,
    })),
    ...made(access.lists).map((name) => ({
      id: `List${capitalised(name)}`,
      actions: ['s3:ListBucket'],
      on: [bucket(name)],
      why: `lists ${name}, and learns what is missing there`,
    })),
    ...made(access.writes).map((name) => ({
      id: `Write${capitalised(name)}`,
      // Giving up is in the statement of parts, where there is one.
      actions: ['s3:PutObject', ...(access.parts?.includes(name) ? [] : ['s3:AbortMultipartUpload'])],
      on: [`${bucket(name)}/*`],
      why: `writes ${name}; what is cut off is given up`,
    })),
    ...made(access.deletes ?? []).map((name) => ({
      id: `Delete${capitalised(name)}`,
      actions: ['s3:DeleteObject'],
      on: [`${bucket(name)}/*`],
      why: `deletes from ${name}`,
    })),
    ...made(access.composes ?? []).map((name) => ({
      id: `Compose${capitalised(name)}`,
      actions: ['s3:GetObject', 's3:DeleteObject'],
      on: [`${bucket(name)}/${composingPrefix}*`],
      why: `puts objects of ${name} together by way of others, which it copies and removes`,
    })),
    ...(access.freezes ?? []).map((name) => ({
      id: `Restore${capitalised(name)}`,
      actions: ['s3:RestoreObject'],
      on: [`${bucket(name)}/*`],
      why: `asks for archived objects of ${name}; what moves them is copying`,
    })),
    ...made(access.parts ?? []).flatMap((name) => [
      {
        id: `Parts${capitalised(name)}`,
        // Only of its own uploads it needs to know how far they are.
        actions: [...(access.writes.includes(name) ? ['s3:ListMultipartUploadParts'] : []), 's3:AbortMultipartUpload'],
        on: [`${bucket(name)}/*`],
        why: `gives up uploads in parts to ${name}, and looks at those that it signs`,
      },
      {
        id: `Uploads${capitalised(name)}`,
        actions: ['s3:ListBucketMultipartUploads'],
        on: [bucket(name)],
        why: `finds unfinished uploads to ${name}`,
      },
    ]),
    ...tableStatements(access, arns),
    ...access.sends.filter(isThere).map((name) => ({
      id: `Send${capitalised(name)}`,
      actions: ['sqs:SendMessage'],
      on: [queue(name)],
      why: `sends to ${name}`,
    })),
    ...(access.drains ?? []).filter(isThere).map((name) => ({
      id: `Drain${capitalised(name)}`,
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
      on: [dead(name)],
      why: `takes dead letters of ${name}`,
    })),
    ...(access.fleet === undefined || arns.fleet === undefined ? [] : fleetStatements(access.fleet, arns.fleet)),
    ...askStatements(access, arns),
    ...buildStatements(access, arns),
    ...(access.people === undefined || access.notifies === true
      ? []
      : [findPeople(arns.userPool, 'finds whom a job is shared with, and its owner')]),
    ...(access.members === undefined ? [] : [findPlan(arns.userPool)]),
    ...(access.accounts === undefined ? [] : [listPeople(arns.userPool)]),
    ...billStatements(access, arns),
    ...brokerStatements(access, arns),
    ...(access.notifies === true ? noticeStatements(arns) : []),
    ...(access.federates === undefined || arns.federated === undefined ? [] : [federation(arns.federated)]),
  ];
}

/** What every function on AWS needs beside its access. */
export function runtimeStatements(logGroup: string): Statement[] {
  return [
    {
      id: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      on: [`${logGroup}:*`],
      why: 'writes its own log; the group is made with the stack',
    },
  ];
}

export const traceStatement: Statement = {
  id: 'WriteTraces',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  on: ['*'], // X-Ray has no resources that these could name
  why: 'traces of requests, where the configuration asks for them',
};

/** An image in a repository of ECR: its account, region and name. */
const ecrImage = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** What whoever starts a machine needs to fetch its image; nothing for an image that is public. */
export function pullStatements(image: string, partition = 'aws'): Statement[] {
  const [, account, region, repository] = ecrImage.exec(image) ?? [];
  if (repository === undefined) return [];
  return [
    {
      id: 'SignInToRegistry',
      actions: ['ecr:GetAuthorizationToken'],
      on: ['*'], // ECR has no resources that this could name
      why: 'fetches the image of machines',
    },
    {
      id: 'PullImage',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      on: [`arn:${partition}:ecr:${region}:${account}:repository/${repository}`],
      why: 'fetches the image of machines',
    },
  ];
}

/** What Lambda, with the function's role, needs to feed it from its queue. */
export const feedStatement = (queue: string): Statement => ({
  id: 'TakeMessages',
  actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
  on: [queue],
  why: 'gets its messages; one that failed comes again sooner than its time out',
});

function tableStatements(
  { jobs, shares = [], usage = [], answers = [], models = [], figures = [], spending = [], fleet, ...people }: Access,
  { table: arn, fleet: machines }: Pick<ResourceArns, 'table' | 'fleet'>,
): Statement[] {
  const used = [
    ...jobs.map((method) => tableActions.jobs[method]),
    ...shares.map((method) => tableActions.shares[method]),
    ...usage.map((method) => tableActions.usage[method]),
    ...answers.map((method) => tableActions.answers[method]),
    ...models.map((method) => tableActions.models[method]),
    ...figures.map((method) => tableActions.figures[method]),
    ...(fleet === undefined || machines === undefined ? [] : [tableActions.spending.spent]), // the month's limit
    ...spending.map((method) => tableActions.spending[method]),
    ...(people.pictures ?? []).map((method) => tableActions.pictures[method]),
    ...(people.agreements ?? []).map((method) => tableActions.agreements[method]),
    ...(people.bases ?? []).map((method) => tableActions.bases[method]),
  ];
  const actions = new Map<TablePart, Set<string>>();
  for (const parts of used) {
    for (const [part, names] of Object.entries(parts) as [TablePart, readonly string[]][]) {
      const known = actions.get(part) ?? new Set();
      actions.set(part, known);
      for (const name of names) known.add(`dynamodb:${name}`);
    }
  }
  return [...actions].sort().map(([part, names]) => {
    const whole = arnOf(arn, 'the table');
    return {
      id: part === 'table' ? 'Table' : `Index${capitalised(part)}`,
      actions: [...names].sort(),
      on: [part === 'table' ? whole : `${whole}/index/${indexName(part)}`],
      why: `what the methods of the stores that it calls take${part === 'table' ? '' : ` in the index ${part}`}`,
    };
  });
}

const indexName = (part: Exclude<TablePart, 'table'>): string =>
  ({ ...table.indexes, ...table.localIndexes })[part].name;

const listPeople = (userPool: string | undefined): Statement => ({
  id: 'ListPeople',
  actions: ['cognito-idp:ListUsers', 'cognito-idp:ListGroups', 'cognito-idp:ListUsersInGroup'],
  on: [arnOf(userPool, 'the user pool')],
  why: 'shows administrators who is in the lab, with which plan',
});

const findPlan = (userPool: string | undefined): Statement => ({
  id: 'FindPlan',
  actions: ['cognito-idp:AdminGetUser', 'cognito-idp:AdminListGroupsForUser'],
  on: [arnOf(userPool, 'the user pool')],
  why: "looks up the plan of a job's owner, which is a group",
});

const findPeople = (userPool: string | undefined, why: string): Statement => ({
  id: 'FindAddress',
  actions: ['cognito-idp:AdminGetUser'],
  on: [arnOf(userPool, 'the user pool')],
  why,
});

/** Nothing where no payment service is connected. Accounts are found by the statement of whoever looks people up. */
function billStatements({ bills }: Access, { billing, userPool }: ResourceArns): Statement[] {
  if (bills === undefined || billing === undefined) return [];
  return [
    {
      id: 'ReadBillingSecret',
      actions: ['ssm:GetParameter'],
      on: [billing],
      why: 'checks that events come from the payment service',
    },
    {
      id: 'GivePlans',
      actions: [
        'cognito-idp:AdminAddUserToGroup',
        'cognito-idp:AdminListGroupsForUser',
        'cognito-idp:AdminRemoveUserFromGroup',
        'cognito-idp:CreateGroup',
      ],
      on: [arnOf(userPool, 'the user pool')],
      why: 'gives a person the plan that the payment service says, which is a group',
    },
  ];
}

/** Nothing where a stack has no broker. Of the table it reaches what is good once, and no job. */
function brokerStatements({ brokers }: Access, { broker, table: arn }: ResourceArns): Statement[] {
  if (brokers === undefined || broker === undefined) return [];
  const actions = brokers.flatMap((method) => tableActions.oneTime[method].table);
  return [
    {
      id: 'KeepSignIns',
      actions: [...new Set(actions)].map((action) => `dynamodb:${action}`).sort(),
      on: [arnOf(arn, 'the table')],
      why: 'keeps sign-ins that have begun, and codes until they are taken; nothing else of the table',
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${oneTimePrefix}*`] } },
    },
    {
      id: 'ReadBrokerSecrets',
      actions: ['ssm:GetParameter'],
      on: [broker],
      why: 'signs what it says of people, and is a client of each institution',
    },
  ];
}

const federation = ({ pools, tag: [name, value] }: NonNullable<ResourceArns['federated']>): Statement => ({
  id: 'Federate',
  actions: ['cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser', 'cognito-idp:AdminLinkProviderForUser'],
  on: [pools], // the pool itself names the function, so that the function cannot name the pool
  why: 'makes and links the accounts of people who sign in with an institution',
  conditions: { StringEquals: { [`aws:ResourceTag/${name}`]: value } },
});

/** Nothing where a stack keeps no container ready. */
function askStatements({ endpoint: asks }: Access, { endpoint }: ResourceArns): Statement[] {
  if (asks === undefined || endpoint === undefined) return [];
  const why = 'asks the model in the container that is kept ready';
  return [{ id: 'AskModel', actions: ['sagemaker:InvokeEndpointAsync'], on: [endpoint], why }];
}

/** Nothing where a stack builds no images. */
function buildStatements({ builds: follows }: Access, { builds }: ResourceArns): Statement[] {
  if (follows !== 'follows' || builds === undefined) return [];
  const { project, repository, log } = builds;
  return [
    {
      id: 'FollowBuilds',
      actions: ['codebuild:BatchGetBuilds', 'codebuild:ListBuildsForProject', 'codebuild:StartBuild'],
      on: [project],
      why: 'builds the image of a model, and sees how far that is',
    },
    { id: 'FindImages', actions: ['ecr:DescribeImages'], on: [repository], why: 'learns the digest of what was built' },
    { id: 'ReadBuildLog', actions: ['logs:GetLogEvents'], on: [log], why: 'the last lines of a build that failed' },
  ];
}

/** What starts machines for images that are too large for a function. */
function fleetStatements(
  access: NonNullable<Access['fleet']>,
  { queue, deadLetters, jobQueue, jobDefinition }: NonNullable<ResourceArns['fleet']>,
): Statement[] {
  return [
    {
      id: 'CountLarge',
      actions: ['sqs:GetQueueAttributes'],
      on: [queue],
      why: 'counts the images that wait for machines',
    },
    {
      id: 'StartMachines',
      actions: ['batch:SubmitJob'],
      on: [jobQueue, jobDefinition, `${jobDefinition}:*`],
      why: 'starts what is missing for them',
    },
    {
      id: 'CountMachines',
      actions: ['batch:ListJobs'],
      on: ['*'], // Batch has no resources that this could name
      why: 'sees how many machines there are already',
    },
    access === 'sends'
      ? { id: 'SendLarge', actions: ['sqs:SendMessage'], on: [queue], why: 'sends to large' }
      : {
          id: 'DrainLarge',
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
          on: [deadLetters],
          why: 'takes dead letters of large',
        },
  ];
}

function noticeStatements({ userPool, mail, noticeTopic }: ResourceArns): Statement[] {
  return [
    findPeople(userPool, "finds the address of a job's owner by the id in its tokens"),
    ...(mail === undefined
      ? []
      : [
          {
            id: 'SendMail',
            actions: ['ses:SendEmail'],
            on: mail.on,
            why: 'tells owners that a job has ended',
            conditions: { StringEquals: { 'ses:FromAddress': mail.from } },
          },
        ]),
    ...(noticeTopic === undefined
      ? []
      : [
          {
            id: 'PublishNotice',
            actions: ['sns:Publish'],
            on: [noticeTopic],
            why: 'tells programs that a job has ended',
          },
        ]),
  ];
}
