import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateEventSourceMappingCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Authoriser, startAuthoriser } from '../support/simulated-account/authoriser/authoriser.ts';
import { accountId, type Clients, clientSettings, clientsFor, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { routeOf } from '../support/simulated-account/runner/api-front.ts';
import { type DeployedFunction, deployedFunction } from '../support/simulated-account/runner/deployed-function.ts';
import { type Batch, type EventSource, startEventSource } from '../support/simulated-account/runner/event-source.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { buildZip } from '../support/zip-builder.ts';

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;

/** Fails messages that say so, hangs on those that say that, and ends the process on others. */
const code = `
export const handler = async ({ Records }, context) => {
  console.log('batch of ' + Records.length + ' in ' + context.functionName + ' with ' + process.env.WORD);
  for (const { body } of Records) {
    if (body === 'exit') process.exit(3);
    if (body === 'hang') await new Promise((resolve) => setTimeout(resolve, context.getRemainingTimeInMillis() + 60_000));
  }
  const failed = Records.filter(({ body }) => body === 'fail');
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
`;

await describeWithMoto('the runner', (moto) => {
  let folder: TemporaryFolder;
  let authoriser: Authoriser;
  let clients: Clients;
  let fn: DeployedFunction;
  let source: EventSource;
  let batches: Batch[];
  let troubles: unknown[];
  let jobs: string;
  let dead: string;

  beforeEach(async () => {
    await moto().reset();
    folder = await temporaryFolder();
    authoriser = await startAuthoriser(moto().url);
    clients = clientsFor(authoriser.url);
    const queue = async (QueueName: string, Attributes = {}) =>
      (await clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!;
    dead = await queue('jobs-dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('sqs', 'jobs-dead'), maxReceiveCount: 2 });
    jobs = await queue('jobs', { VisibilityTimeout: '600', RedrivePolicy });
    const statements = [
      {
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        Resource: arn('sqs', 'jobs'),
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: arn('logs', 'log-group:/aws/lambda/stage:*'),
      },
    ];
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const document = (Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
    const RoleName = 'stage';
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document([trust]) }));
    await clients.iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'access', PolicyDocument: document(statements) }),
    );
    const logs = new CloudWatchLogsClient(clientSettings(authoriser.url));
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/stage' }));
    await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'stage',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: `arn:aws:iam::${accountId}:role/stage`,
        Timeout: 1,
        MemorySize: 128,
        Environment: { Variables: { WORD: 'blue' } },
        Code: { ZipFile: buildZip({ entries: [{ name: 'index.mjs', data: Buffer.from(code) }] }) },
      }),
    );
    const mapping = await clients.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'stage',
        EventSourceArn: arn('sqs', 'jobs'),
        BatchSize: 5,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    batches = [];
    troubles = [];
    fn = await deployedFunction('stage', { clients, authoriser, folder: folder.path });
    source = await startEventSource({
      mapping,
      fn,
      clients,
      url: authoriser.url,
      concurrency: () => 2,
      onBatch: (batch) => batches.push(batch),
      onTrouble: (error) => troubles.push(error),
    });
  });
  afterEach(async () => {
    await source[Symbol.asyncDispose]();
    await fn[Symbol.asyncDispose]();
    await authoriser[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const send = (MessageBody: string) => clients.sqs.send(new SendMessageCommand({ QueueUrl: jobs, MessageBody }));
  const batch = (count: number) =>
    until(`${count} batches`, async () => (batches.length >= count ? batches.slice(0, count) : undefined), {
      state: () => JSON.stringify({ batches, troubles }),
    });

  it('gives a function its messages, and keeps what it prints with the rights of its role', async () => {
    await send('work');
    expect(await batch(1)).toEqual([{ function: 'stage', bodies: ['work'], failed: [] }]);
    await source[Symbol.asyncDispose]();
    await fn[Symbol.asyncDispose]();
    const logs = new CloudWatchLogsClient(clientSettings(authoriser.url));
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/stage' }));
    expect(events.map(({ message }) => message)).toEqual(['batch of 1 in stage with blue']);
    const asRole = authoriser.log.filter(({ who }) => who === 'stage');
    expect(asRole.filter(({ allowed }) => !allowed)).toEqual([]);
    expect([...new Set(asRole.map(({ action }) => action))].sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
  });

  it('lets a message that failed come again, then lie in the dead letters', async () => {
    await send('fail');
    expect(await batch(1)).toEqual([{ function: 'stage', bodies: ['fail'], failed: [0] }]);
    await source.timeOut();
    await batch(2);
    await source.timeOut();
    const letters = await until('a dead letter', async () => {
      const { Messages } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: dead }));
      return Messages;
    });
    expect(letters.map(({ Body }) => Body)).toEqual(['fail']);
    expect(batches).toHaveLength(2);
  });

  it.each([
    ['hang', 'Sandbox.Timedout'],
    ['exit', 'Runtime.ExitError'],
  ])('fails a batch whose function does not end well: %s', async (body, error) => {
    await send(body);
    const [first] = await batch(1);
    expect(first).toEqual({ function: 'stage', bodies: [body], failed: [0], error: expect.stringContaining(error) });
    await send('work');
    expect((await batch(2))[1]).toEqual({ function: 'stage', bodies: ['work'], failed: [] });
  });
});

describe('a route', () => {
  const routes = ['$default', 'ANY /v1/{proxy+}', 'GET /v1/jobs/{id}', 'GET /v1/config', 'OPTIONS /v1/{proxy+}'].map(
    (routeKey) => ({ routeKey }),
  );
  it.each([
    ['GET', '/v1/config', 'GET /v1/config', {}],
    ['POST', '/v1/config', 'ANY /v1/{proxy+}', { proxy: 'config' }],
    ['GET', '/v1/jobs/7', 'GET /v1/jobs/{id}', { id: '7' }],
    ['GET', '/v1/jobs/7/files', 'ANY /v1/{proxy+}', { proxy: 'jobs/7/files' }],
    ['OPTIONS', '/v1/jobs/7', 'OPTIONS /v1/{proxy+}', { proxy: 'jobs/7' }],
    ['GET', '/elsewhere', '$default', {}],
  ])('of %s %s is the most specific: %s', (method, path, routeKey, parameters) => {
    expect(routeOf(routes, method, path)).toEqual({ route: { routeKey }, parameters });
  });
});
