import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { HeadBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccessKey } from '../../../cli/deploy/iam/client.ts';
import { explain } from '../../../cli/explain.ts';

let server: Server;
let answer: { status: number; code: string; message: string };
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const { status, code, message } = answer;
    const isJson = request.headers['x-amz-target'] !== undefined;
    response.writeHead(status, { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' });
    const asXml = `<Code>${code}</Code><Message>${message}</Message>`;
    const isS3 = request.method !== 'POST';
    if (isJson) response.end(JSON.stringify({ __type: code, message }));
    else response.end(isS3 ? `<Error>${asXml}</Error>` : `<ErrorResponse><Error>${asXml}</Error></ErrorResponse>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const client = (more: object = {}) => ({
  region: 'eu-central-1',
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  maxAttempts: 1,
  forcePathStyle: true,
  ...more,
});

/** One request a protocol: query, REST, JSON 1.0 and 1.1, and one without a body. */
const requests: Record<string, (more?: object) => Promise<unknown>> = {
  STS: (more) => new STSClient(client(more)).send(new GetCallerIdentityCommand({})),
  IAM: (more) => new IAMClient(client(more)).send(new CreateAccessKeyCommand({ UserName: 'ada' })),
  S3: (more) => new S3Client(client(more)).send(new ListBucketsCommand({})),
  SQS: (more) =>
    new SQSClient(client(more)).send(new GetQueueAttributesCommand({ QueueUrl: `${client().endpoint}/1/q` })),
  Logs: (more) => new CloudWatchLogsClient(client(more)).send(new DescribeLogGroupsCommand({})),
  Cognito: (more) =>
    new CognitoIdentityProviderClient(client(more)).send(new ListUsersCommand({ UserPoolId: 'eu-central-1_1' })),
};

const failureOf = async (request: Promise<unknown>) =>
  explain(
    await request.then(
      () => 'answered',
      (error: unknown) => error,
    ),
  );

describe.each(Object.entries(requests))('an error of %s', (_, request) => {
  it.each([
    [
      'AccessDenied',
      { status: 403, message: 'not authorized to perform: s3:GetObject on x' },
      'actionDenied',
      's3:GetObject',
    ],
    ['AccessDeniedException', { status: 400, message: 'no' }, 'actionDenied', 'an action'],
    ['ExpiredToken', { status: 403, message: 'The token is expired' }, 'credentialsExpired', 'expired'],
    ['ExpiredTokenException', { status: 400, message: 'The token is expired' }, 'credentialsExpired', 'expired'],
    ['InvalidClientTokenId', { status: 403, message: 'The token is invalid' }, 'credentialsRefused', 'credentials'],
    [
      'UnrecognizedClientException',
      { status: 400, message: 'The token is invalid' },
      'credentialsRefused',
      'credentials',
    ],
    ['ThrottlingException', { status: 400, message: 'Rate exceeded' }, 'awsBusy', 'slow down'],
    ['SlowDown', { status: 503, message: 'Reduce your rate' }, 'awsBusy', 'slow down'],
    ['InternalFailure', { status: 500, message: 'sorry' }, 'awsFailing', 'failed'],
    ['ServiceQuotaExceededException', { status: 400, message: 'too many' }, 'quotaReached', 'quota'],
    ['OptInRequired', { status: 400, message: 'not signed up' }, 'serviceOff', 'OptInRequired'],
    ['ValidationError', { status: 400, message: 'wrong value' }, 'awsRefused', 'refused'],
  ])('%s is said as what it is', async (code, sent, expected, words) => {
    answer = { code, ...sent };
    const failure = await failureOf(request());
    expect(failure).toMatchObject({ code: expected, exit: 3 });
    expect(failure.what).toContain(words);
  });

  it.each([
    ['a connection that is cut', { code: 'ECONNRESET' }, 'this network'],
    ['a name without an address', { code: 'ENOTFOUND', hostname: 'sts.eu-none-1.amazonaws.com' }, 'sts.eu-none-1'],
    ['a time that ran out', { name: 'TimeoutError' }, 'this network'],
  ])('is %s', async (_name, about, where) => {
    const handle = () => Promise.reject(Object.assign(new Error('no answer'), about));
    const failure = await failureOf(request({ requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } } }));
    expect(failure).toMatchObject({ code: 'awsUnreachable', exit: 3 });
    expect(failure.what).toContain(where);
  });

  it('is that there are no credentials', async () => {
    const credentials = () =>
      Promise.reject(Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' }));
    expect(await failureOf(request({ credentials }))).toMatchObject({ code: 'credentialsMissing', exit: 3 });
  });
});

it('403 of a HEAD, which has no words, is a denial', async () => {
  answer = { status: 403, code: '', message: '' };
  const request = new S3Client(client()).send(new HeadBucketCommand({ Bucket: 'lab' }));
  expect(await failureOf(request)).toMatchObject({ code: 'actionDenied', exit: 3 });
});

it('a third access key is explained by the two that there are', async () => {
  answer = { status: 409, code: 'LimitExceeded', message: 'Cannot exceed quota for AccessKeysPerUser: 2' };
  const failure = await failureOf(createAccessKey(new IAMClient(client()), 'labdeploy-deployer'));
  expect(failure).toMatchObject({ code: 'keysFull', exit: 3 });
  expect(failure.next).toContain('aws iam list-access-keys --user-name labdeploy-deployer');
});

it("an error of the system that no request of AWS's caused stays a bug", () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(explain(error)).toMatchObject({ code: 'bug', exit: 1 });
});
