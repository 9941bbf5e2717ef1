import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import type { EngineState, StateResource } from '../../../cli/deploy/engine/engine-state.ts';
import type { OpenStack } from '../../../cli/deploy/stack.ts';
import { resumeExpiry, stopExpiry } from '../../../cli/deploy/teardown/expiry.ts';
import { detach, pricesOf, retainedDataOf } from '../../../cli/deploy/teardown/retained-data.ts';

const resource = (type: string, id: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: `urn:pulumi:dev::labdeploy::labdeploy:service:Service$labdeploy:part:PrivateBucket$${type}::${id}`,
  ...{ type, id, custom: true, inputs: {}, outputs: {} },
  ...more,
});
const pool = resource('aws:cognito/userPool:UserPool', 'eu-central-1_abc', { dependencies: ['distribution'] });
const group = resource('aws:cognito/userGroup:UserGroup', 'admins', { dependencies: [pool.urn] });
const client = resource('aws:cognito/userPoolClient:UserPoolClient', 'page');
const table = resource('aws:dynamodb/table:Table', 'labdeploy-dev-jobs');
const results = resource('aws:s3/bucket:Bucket', 'results');
const empty = resource('aws:s3/bucket:Bucket', 'uploads');
const policy = resource('aws:s3/bucketPolicy:BucketPolicy', 'results', { inputs: { bucket: 'results' } });
const lifecycle = resource('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration', 'results', {
  inputs: { bucket: 'results' },
});
const queue = resource('aws:sqs/queue:Queue', 'zips');
const images = resource('aws:ecr/repository:Repository', 'labdeploy-dev-models');
const imageRules = resource('aws:ecr/lifecyclePolicy:LifecyclePolicy', 'labdeploy-dev-models');
const all = [pool, group, client, table, results, empty, policy, lifecycle, queue, images, imageRules];

describe('destroy --keep-data', () => {
  it('keeps people with their groups, jobs, and what has images as closed as it was, without its expiry', () => {
    const contents = [
      { bucket: 'results', objects: 1, bytes: 10, jobs: new Set<string>() },
      { bucket: 'uploads', objects: 0, bytes: 0, jobs: new Set<string>() },
    ];
    const none = [{ repository: 'labdeploy-dev-models', images: 0, bytes: 0 }];
    expect(retainedDataOf(all, contents, none)).toEqual([pool, group, table, results, policy]);
  });

  it('keeps the container images that models name, where there are some, and their price is said', async () => {
    const some = [{ repository: 'labdeploy-dev-models', images: 2, bytes: 3e9 }];
    const kept = retainedDataOf([images, imageRules, queue], [], some);
    expect(kept).toEqual([images, imageRules]);
    const region = 'eu-central-1';
    const account = {
      id: '123456789012',
      arn: '',
      region,
      partition: 'aws',
      client: { region, maxAttempts: 1, forcePathStyle: true },
    };
    expect(await pricesOf(kept, { contents: [], images: some }, account)).toEqual([
      { name: 'labdeploy-dev-models', bytes: 3e9, monthlyUsd: expect.closeTo(0.3, 9) },
    ]);
  });

  it('leaves what is kept no ties to what goes', async () => {
    let state: EngineState = {
      resources: [{ ...pool, propertyDependencies: { adminCreateUserConfig: ['distribution'] } }, group, queue],
    };
    const engine = {
      exportStack: async () => ({ version: 3, deployment: state }),
      importStack: async ({ deployment }: { deployment: EngineState }) => {
        state = deployment;
      },
    };
    await detach({ engine } as unknown as OpenStack, [pool, group]);
    expect(
      state.resources?.map(({ dependencies, propertyDependencies }) => [dependencies, propertyDependencies]),
    ).toEqual([
      [[], { adminCreateUserConfig: [] }],
      [[pool.urn], {}],
      [undefined, undefined],
    ]);
  });
});

describe('the expiry of jobs', () => {
  /** A DynamoDB that answers with this status, and refuses changes where it is busy. Returns what it was asked to change. */
  async function asked(status: string, work: (account: AwsAccount) => Promise<unknown>, isBusy = false) {
    const changes: unknown[] = [];
    const server = createServer(async (request, response) => {
      const body = JSON.parse((await request.toArray()).map(String).join(''));
      const isChange = request.headers['x-amz-target']?.toString().endsWith('UpdateTimeToLive');
      if (isChange) changes.push(body.TimeToLiveSpecification);
      const refusal = {
        __type: 'ValidationException',
        message: 'Time to live has been modified multiple times within a fixed interval',
      };
      response.writeHead(isChange && isBusy ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(
        JSON.stringify(isChange && isBusy ? refusal : { TimeToLiveDescription: { TimeToLiveStatus: status } }),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const settings = { region: 'eu-central-1', maxAttempts: 1, forcePathStyle: true, endpoint, credentials };
      return { result: await work({ client: settings } as unknown as AwsAccount), changes };
    } finally {
      server.close();
    }
  }

  it('is switched off where it is on, and left where it is off', async () => {
    const off = { AttributeName: 'expiresAt', Enabled: false };
    expect((await asked('ENABLED', (account) => stopExpiry('jobs', account))).changes).toEqual([off]);
    expect((await asked('DISABLED', (account) => stopExpiry('jobs', account))).changes).toEqual([]);
  });

  it('that AWS changes only later stops destroy before anything goes', async () => {
    const stopping = asked('ENABLED', (account) => stopExpiry('jobs', account), true);
    await expect(stopping).rejects.toMatchObject({ code: 'expiryBusy' });
  });

  it('is switched on again by up, or by the next one', async () => {
    const on = { AttributeName: 'expiresAt', Enabled: true };
    const resume = (account: AwsAccount) => resumeExpiry('jobs', account);
    expect(await asked('DISABLED', resume)).toEqual({ result: true, changes: [on] });
    expect(await asked('DISABLED', resume, true)).toEqual({ result: false, changes: [on] });
    expect(await asked('ENABLED', resume)).toEqual({ result: true, changes: [] });
  });
});
