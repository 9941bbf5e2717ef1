import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, expect, it } from '@jest/globals';
import type { AwsAccount } from '../../cli/deploy/account.ts';
import { findState, openState, passphraseParameter, removeState } from '../../cli/deploy/state.ts';
import { accountId, clientSettings, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';

const bucket = `labdeploy-state-${accountId}-${region}`;

await describeWithMoto('the state of the stacks', (moto) => {
  let account: AwsAccount;
  let s3: S3Client;
  beforeEach(async () => {
    await moto().reset();
    const client = { ...clientSettings(moto().url), forcePathStyle: true };
    account = { id: accountId, arn: `arn:aws:iam::${accountId}:user/lab`, region, partition: 'aws', client };
    s3 = new S3Client(client);
  });
  const buckets = async () => (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);

  it('is a bucket of the account that is versioned, encrypted, private and takes TLS only', async () => {
    expect(await openState(account, {})).toEqual({
      bucket,
      backendUrl: `s3://${bucket}?region=${region}&awssdk=v2`,
      passphrase: expect.stringMatching(/^[\w-]{43}$/),
    });
    const Bucket = bucket;
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({
      SSEAlgorithm: 'AES256',
    });
    expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const policy = JSON.parse((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy!);
    expect(policy.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules?.map(({ NoncurrentVersionExpiration }) => NoncurrentVersionExpiration)).toEqual([
      { NoncurrentDays: 90 },
    ]);
  });

  it('is the same for all who make it at once, and ever after', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => openState(account, {})));
    expect(new Set(opened.map(({ passphrase }) => passphrase)).size).toBe(1);
    expect(await buckets()).toEqual([bucket]);
    expect(await openState(account, {})).toEqual(opened[0]);
    const { Parameter } = await new SSMClient(account.client).send(
      new GetParameterCommand({ Name: passphraseParameter, WithDecryption: true }),
    );
    expect(Parameter).toMatchObject({ Type: 'SecureString', Value: opened[0]!.passphrase });
  });

  it('is set up to its end when an earlier set-up was cut off', async () => {
    await s3.send(
      new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
    await openState(account, {});
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status).toBe('Enabled');
  });

  it('is where PULUMI_BACKEND_URL says, with the passphrase of the environment, and then nothing is made', async () => {
    const env = { PULUMI_BACKEND_URL: 'file:///srv/state', PULUMI_CONFIG_PASSPHRASE: 'own' };
    expect(await openState(account, env)).toEqual({ backendUrl: 'file:///srv/state', passphrase: 'own' });
    expect(await buckets()).toEqual([]);
  });

  it('is not there before it was made, wherever it is, and looking for it makes nothing', async () => {
    const elsewhere = { PULUMI_BACKEND_URL: 'file:///srv/state' };
    expect(await findState(account, {})).toBeUndefined();
    expect(await findState(account, elsewhere)).toBeUndefined();
    expect(await leftBehind(moto().url)).toEqual([]);
    const made = await openState(account, elsewhere);
    expect(await findState(account, elsewhere)).toEqual(made);
    expect(await findState(account, {})).toBeUndefined(); // has its passphrase, but no bucket
  });

  it('is not a bucket that another account has taken', async () => {
    const heads: (string | undefined)[] = [];
    const theirs = { ...account, id: '210987654321' };
    const server = createServer((request, response) => {
      heads.push(request.headers['x-amz-expected-bucket-owner'] as string | undefined);
      response.writeHead(request.headers['x-amz-expected-bucket-owner'] === theirs.id ? 403 : 200).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const asking = { ...theirs, client: { ...account.client, endpoint } };
      await expect(findState(asking, {})).rejects.toMatchObject({ code: 'stateRefused' });
      expect(heads).toEqual(['210987654321']);
    } finally {
      server.close();
    }
  });

  it('goes whole, also when only half of it is left', async () => {
    await openState(account, {});
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: '.pulumi/meta.yaml', Body: 'version: 1' }));
    await removeState(account);
    expect(await leftBehind(moto().url)).toEqual([]);
    await openState(account, { PULUMI_BACKEND_URL: 'file:///srv/state' });
    await removeState(account);
    expect(await leftBehind(moto().url)).toEqual([]);
  });
});
