import { beforeAll, describe, expect, it } from '@jest/globals';
import { noFeatures } from '../../functions/core/features.ts';
import type { Access } from '../../functions/stages/access.ts';
import type { Stage } from '../../functions/stages/stage.ts';
import { stages as allStages, stagesWith } from '../../functions/stages/stages.ts';
import { accessStatements, type ResourceArns } from '../../policies/access-statements.ts';
import type { PolicyDocument } from '../../policies/statement.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const bucket = (part: string) => `arn:aws:s3:::labdeploy-dev-${part}-1ff32a09`;
const queue = (part: string) => `arn:aws:sqs:eu-central-1:123456789012:labdeploy-dev-${part}`;
const table = 'arn:aws:dynamodb:eu-central-1:123456789012:labdeploy-dev-jobs';

/** `s3:GetObject` on what, one line an action and resource, in order. */
const linesOf = (policy: unknown): string[] =>
  (JSON.parse(policy as string) as PolicyDocument).Statement.flatMap(({ Effect, Action, Resource, Condition }) =>
    Action.flatMap((action) =>
      Resource.map((on) => [Effect === 'Allow' ? '' : 'not ', action, ' ', on, Condition ? ' if' : ''].join('')),
    ),
  ).sort();

const object = (part: string, ...actions: string[]) => actions.map((action) => `s3:${action} ${bucket(part)}/*`);
const whole = (part: string, ...actions: string[]) => actions.map((action) => `s3:${action} ${bucket(part)}`);
const rows = (...actions: string[]) => actions.map((action) => `dynamodb:${action} ${table}`);
const index = (name: string) => [`dynamodb:Query ${table}/index/${name}`];
const sends = (...parts: string[]) => parts.map((part) => `sqs:SendMessage ${queue(part)}`);
const drains = (...parts: string[]) =>
  parts.flatMap((part) =>
    ['DeleteMessage', 'ReceiveMessage'].map((action) => `sqs:${action} ${queue(`${part}-dead`)}`),
  );
const fedBy = (part: string) =>
  ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map(
    (action) => `sqs:${action} ${queue(part)}`,
  );
const log = (name: string) =>
  ['CreateLogStream', 'PutLogEvents'].map(
    (action) => `logs:${action} arn:aws:cloudwatch:eu-central-1:123456789012:/aws/lambda/labdeploy-dev-${name}:*`,
  );
const write = ['AbortMultipartUpload', 'PutObject'];

describe('what the role of each function may do', () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf({ mailFrom: 'service@lab.example' });
  });
  const linesFor = (name: string) =>
    linesOf(graph.of('aws:iam/rolePolicy:RolePolicy')[`labdeploy-${name}-permissions`]?.policy);

  const all = ['uploads', 'inputs', 'results', 'downloads'];
  it.each<[string, string[]]>([
    [
      'unzip',
      [
        ...object('uploads', 'GetObject'),
        ...whole('uploads', 'ListBucket'),
        ...object('inputs', 'GetObject', ...write),
        ...whole('inputs', 'ListBucket'),
        ...rows('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
        ...index('undone'),
        ...sends('zips', 'notices'),
        ...fedBy('unzip'),
      ],
    ],
    [
      'predict',
      [
        ...object('inputs', 'GetObject'),
        ...whole('inputs', 'ListBucket'),
        ...object('results', 'DeleteObject', 'GetObject', ...write),
        ...whole('results', 'ListBucket'),
        ...object('models', 'GetObject', ...write),
        ...whole('models', 'ListBucket'),
        ...rows('BatchGetItem', 'GetItem', 'UpdateItem'),
        ...index('undone'), // of jobs whose files are spread
        ...sends('zips', 'files'),
        ...fedBy('files'),
      ],
    ],
    [
      'zip',
      [
        ...object('results', 'GetObject', ...write),
        ...whole('results', 'ListBucket'),
        ...object('downloads', ...write),
        ...['DeleteObject', 'GetObject'].map((action) => `s3:${action} ${bucket('downloads')}/~compose/*`),
        ...rows('GetItem', 'Query', 'UpdateItem'),
        ...index('undone'),
        ...sends('notices'),
        ...fedBy('zips'),
      ],
    ],
    [
      'notify',
      [
        ...object('results', 'GetObject'),
        ...whole('results', 'ListBucket'),
        ...rows('GetItem'),
        ...sends('notices'),
        ...fedBy('notices'),
        'cognito-idp:AdminGetUser arn:aws:cognito:eu-central-1:123456789012:labdeploy-dev-people',
        'ses:SendEmail arn:aws:ses:eu-central-1:123456789012:configuration-set/* if',
        'ses:SendEmail arn:aws:ses:eu-central-1:123456789012:identity/* if',
      ],
    ],
    [
      'sweep',
      [
        ...all.flatMap((part) => [...object(part, 'DeleteObject'), ...whole(part, 'ListBucket')]),
        ...object('results', ...write), // the state of corrections
        ...rows('BatchGetItem', 'DeleteItem', 'GetItem', 'Query', 'UpdateItem'),
        ...index('open'),
        ...index('undone'),
        ...sends('unzip', 'files', 'zips', 'notices'),
        ...drains('unzip', 'files', 'zips', 'notices'),
        `sqs:SendMessage ${queue('sweep-dead')}`,
      ],
    ],
    [
      'api',
      [
        ...all.flatMap((part) => [
          ...object(part, 'AbortMultipartUpload', 'DeleteObject', 'GetObject'),
          ...whole(part, 'ListBucket', 'ListBucketMultipartUploads'),
        ]),
        ...object('models', 'GetObject'),
        // results: the edits of their labels
        ...['uploads', 'inputs', 'results'].flatMap((part) => object(part, 'ListMultipartUploadParts', 'PutObject')),
        ...rows('BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
        ...index('open'),
        ...index('owner'),
        ...index('undone'),
        'cognito-idp:AdminGetUser arn:aws:cognito:eu-central-1:123456789012:labdeploy-dev-people',
        'cognito-idp:ListGroups arn:aws:cognito:eu-central-1:123456789012:labdeploy-dev-people',
        'cognito-idp:ListUsers arn:aws:cognito:eu-central-1:123456789012:labdeploy-dev-people',
        'cognito-idp:ListUsersInGroup arn:aws:cognito:eu-central-1:123456789012:labdeploy-dev-people',
        ...sends('unzip', 'files', 'zips', 'notices'),
      ],
    ],
  ])('%s', (name, expected) => {
    expect(linesFor(`${name}-function`)).toEqual([...expected, ...log(name)].sort());
  });

  it('the schedule of sweep', () => {
    expect(linesFor('sweep-schedule')).toEqual([
      'lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:labdeploy-dev-sweep',
      `sqs:SendMessage ${queue('sweep-dead')}`,
    ]);
  });

  it('lets Lambda alone take the roles of functions, and the scheduler of this account that of the schedule', () => {
    const trust = Object.entries(graph.of('aws:iam/role:Role')).map(([name, { assumeRolePolicy }]) => {
      const [statement, ...more] = (
        JSON.parse(assumeRolePolicy as string) as { Statement: { Principal: object; Condition?: object }[] }
      ).Statement;
      expect(more).toEqual([]);
      return [name, statement!.Principal, statement!.Condition];
    });
    const lambda = { Service: 'lambda.amazonaws.com' };
    expect(trust).toEqual([
      ...['api', 'notify', 'predict', 'sweep'].map((name) => [`labdeploy-${name}-function-role`, lambda, undefined]),
      [
        'labdeploy-sweep-schedule-role',
        { Service: 'scheduler.amazonaws.com' },
        { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      ],
      ...['unzip', 'zip'].map((name) => [`labdeploy-${name}-function-role`, lambda, undefined]),
    ]);
  });
});

it('bounds every role where the configuration has a boundary', async () => {
  const permissionsBoundary = 'arn:aws:iam::123456789012:policy/labdeploy-boundary';
  const roles = (await graphOf({ permissionsBoundary })).of('aws:iam/role:Role');
  expect(Object.values(roles).map((role) => role.permissionsBoundary)).toEqual(
    Array.from({ length: 7 }, () => permissionsBoundary),
  );
});

describe('the statements of an access', () => {
  const nothing: Access = { reads: [], lists: [], writes: [], jobs: [], sends: [] };
  const arns: ResourceArns = {
    buckets: { inputs: bucket('inputs') },
    queues: { files: queue('files') },
    deadLetters: { files: queue('files-dead') },
    table,
    userPool: 'arn:pool',
    mail: { from: 'service@lab.example', on: ['arn:identity'] },
    noticeTopic: 'arn:topic',
  };
  it.each<[string, Partial<Access>, string[]]>([
    ['nothing', {}, []],
    ['reading', { reads: ['inputs'] }, ['ReadInputs']],
    ['listing', { lists: ['inputs'] }, ['ListInputs']],
    ['writing', { writes: ['inputs'] }, ['WriteInputs']],
    ['deleting', { deletes: ['inputs'] }, ['DeleteInputs']],
    ['uploads in parts', { parts: ['inputs'] }, ['PartsInputs', 'UploadsInputs']],
    ['a method of the table', { jobs: ['get'] }, ['Table']],
    ['a method of the table that asks an index', { jobs: ['stuck'] }, ['IndexOpen', 'Table']],
    ['usage', { usage: ['of'] }, ['Table']],
    ['kept answers', { answers: ['claim'] }, ['Table']],
    ['sending', { sends: ['files'] }, ['SendFiles']],
    ['draining', { drains: ['files'] }, ['DrainFiles']],
    ['looking people up', { people: ['find'] }, ['FindAddress']],
    ['listing people', { accounts: ['list'] }, ['ListPeople']],
    ['shares', { shares: ['add'] }, ['Table']],
    ['notices', { notifies: true }, ['FindAddress', 'SendMail', 'PublishNotice']],
  ])('%s', (_, access, ids) => {
    const statements = accessStatements({ ...nothing, ...access }, arns);
    expect(statements.map(({ id }) => id)).toEqual(ids);
    for (const { why, actions, on } of statements) {
      expect(why).not.toBe('');
      expect([...actions, ...on].filter((each) => each === '*' || each.endsWith(':*'))).toEqual([]);
    }
  });

  it('mails as one sender only', () => {
    const statements = accessStatements({ ...nothing, notifies: true }, arns);
    expect(statements.find(({ id }) => id === 'SendMail')?.conditions).toEqual({
      StringEquals: { 'ses:FromAddress': 'service@lab.example' },
    });
  });

  it('is refused where nobody knows where the thing is', () => {
    expect(() => accessStatements({ ...nothing, sends: ['zips'] }, arns)).toThrow('no ARN of the queue zips');
  });

  it('differs between methods of the table', () => {
    const actions = (jobs: Access['jobs']) => accessStatements({ ...nothing, jobs }, arns).map((each) => each.actions);
    expect(actions(['get'])).toEqual([['dynamodb:GetItem']]);
    expect(actions(['get', 'submit'])).toEqual([['dynamodb:GetItem', 'dynamodb:UpdateItem']]);
    expect(actions(['running'])).toEqual([['dynamodb:Query']]);
  });
});

describe('a stage that is added', () => {
  const inspect: Stage = {
    name: 'inspect',
    trigger: { queue: 'notices', announced: 'downloads', batchSize: 7, attempts: 4 },
    reads: ['downloads'],
    lists: [],
    writes: [],
    jobs: ['get'],
    sends: [],
    memoryMb: 300,
    timeoutSeconds: 40,
  };

  it('has its queue, function, role, log and event source by its descriptor alone', async () => {
    const others = stagesWith<Stage>(noFeatures, allStages).filter(({ name }) => name !== 'notify'); // inspect has its queue
    const graph = await graphOf({}, { stages: [...others, inspect] });
    const wired = graph.resources.filter(({ name }) => /inspect|notices|announces/.test(name));
    expect(wired.filter(({ type }) => type.startsWith('aws:')).map(({ name }) => name)).toEqual([
      'labdeploy-inspect-function-log',
      'labdeploy-inspect-function-role',
      'labdeploy-inspect-function-permissions',
      'labdeploy-inspect-source',
      'labdeploy-inspect-function',
      'labdeploy-downloads-announces',
      'labdeploy-inputs-announces',
      'labdeploy-queue-notices',
      'labdeploy-queue-notices-dead',
    ]);
    expect(graph.of('aws:lambda/function:Function')['labdeploy-inspect-function']).toMatchObject({
      name: 'labdeploy-dev-inspect',
      memorySize: 300,
      timeout: 40,
      environment: {
        variables: {
          LABDEPLOY_BUCKET_DOWNLOADS: 'labdeploy-dev-downloads-1ff32a09',
          LABDEPLOY_QUEUE_NOTICES: 'https://sqs.eu-central-1.amazonaws.com/123456789012/labdeploy-dev-notices',
          LABDEPLOY_TABLE: 'labdeploy-dev-jobs',
          LABDEPLOY_RETENTION_DAYS: '30',
        },
      },
    });
    expect(graph.of('aws:lambda/eventSourceMapping:EventSourceMapping')['labdeploy-inspect-source']).toMatchObject({
      batchSize: 7,
    });
    expect(graph.of('aws:sqs/queue:Queue')['labdeploy-queue-notices']).toMatchObject({
      visibilityTimeoutSeconds: 240,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: queue('notices-dead'), maxReceiveCount: 4 }),
    });
    expect(
      linesOf(graph.of('aws:iam/rolePolicy:RolePolicy')['labdeploy-inspect-function-permissions']?.policy),
    ).toEqual([...object('downloads', 'GetObject'), ...rows('GetItem'), ...fedBy('notices'), ...log('inspect')].sort());
  });
});
