import {
  BatchGetItemCommand,
  CreateTableCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateEmailIdentityCommand, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Authoriser, startAuthoriser } from '../support/simulated-account/authoriser/authoriser.ts';
import { accountId, type Clients, clientsFor, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
const bucket = 'labdeploy-inputs';
const object = (key: string) => `arn:aws:s3:::${bucket}/${key}`;

await describeWithMoto('the authoriser', (moto) => {
  let authoriser: Authoriser;
  let owner: Clients;
  let time = 0;

  beforeEach(async () => {
    await moto().reset();
    time = Date.now();
    authoriser = await startAuthoriser(moto().url, () => time);
    owner = clientsFor(authoriser.url);
    await owner.s3.send(
      new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
  });
  afterEach(async () => {
    await authoriser[Symbol.asyncDispose]();
  });

  /** A session of a role that has these permissions, as Lambda would start it. */
  async function roleWith(statements: object[], more: Partial<CreateRoleCommandInput> = {}): Promise<Clients> {
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const document = (Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
    const RoleName = 'stage';
    const made = await owner.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document([trust]), ...more }),
    );
    if (statements.length > 0)
      await owner.iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: 'access', PolicyDocument: document(statements) }),
      );
    const credentials = await authoriser.assume(made.Role!.Arn!, 'lambda.amazonaws.com');
    authoriser.log.length = 0;
    return clientsFor(authoriser.url, credentials);
  }
  const allow = (Action: string | string[], Resource: string | string[], Sid = 'only', more = {}) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
    ...more,
  });
  const put = (Key: string) => owner.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'pixels' }));
  const judged = () => authoriser.log.map(({ action, resource, allowed }) => [action, resource, allowed]);

  it('lets through what a statement allows, and says which', async () => {
    await put('a.tif');
    const { s3 } = await roleWith([allow('s3:GetObject', object('*'), 'ReadInputs')]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a.tif' }));
    expect(await Body!.transformToString()).toBe('pixels');
    expect(authoriser.log).toMatchObject([
      { who: 'stage', action: 's3:GetObject', resource: object('a.tif'), allowed: true, by: ['access/ReadInputs'] },
    ]);
  });

  it('refuses what no statement allows, and moto never sees it', async () => {
    const { s3 } = await roleWith([allow('s3:GetObject', object('*'))]);
    const writing = s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'b.tif', Body: 'x' }));
    await expect(writing).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    const { Contents } = await owner.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents).toBeUndefined();
  });

  it('tells only those who may list that an object is missing', async () => {
    const reading = allow('s3:GetObject', object('*'));
    const head = (clients: Clients) => clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'none' }));
    await expect(head(await roleWith([reading]))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await owner.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'stage',
        PolicyName: 'lists',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [allow('s3:ListBucket', `arn:aws:s3:::${bucket}`)],
        }),
      }),
    );
    const credentials = await authoriser.assume(`arn:aws:iam::${accountId}:role/stage`, 'lambda.amazonaws.com');
    await expect(head(clientsFor(authoriser.url, credentials))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('holds who copies to reading the source', async () => {
    await put('a b.tif');
    const { s3 } = await roleWith([allow('s3:PutObject', object('*'))]);
    const source = `${bucket}/${encodeURIComponent('a b.tif')}`;
    const copying = s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'c.tif', CopySource: source }));
    await expect(copying).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(judged()).toEqual([['s3:GetObject', object('a b.tif'), false]]);
  });

  it('judges each of many objects that are deleted', async () => {
    const { s3 } = await roleWith([allow('s3:DeleteObject', object('mine/*'))]);
    const Objects = [{ Key: 'mine/a & b.tif' }, { Key: 'yours/c.tif' }];
    const deleting = s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    await expect(deleting).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(judged()).toEqual([
      ['s3:DeleteObject', object('mine/a & b.tif'), true],
      ['s3:DeleteObject', object('yours/c.tif'), false],
    ]);
  });

  it('keeps to conditions on what is listed', async () => {
    const own = { Condition: { StringLike: { 's3:prefix': 'olga/*' } } };
    const { s3 } = await roleWith([allow('s3:ListBucket', `arn:aws:s3:::${bucket}`, 'only', own)]);
    const list = (Prefix: string) => s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    await list('olga/1/');
    await expect(list('ivan/')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('honours a deny of the bucket over an allow of the role', async () => {
    await put('a.tif');
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: object('*'),
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        },
      ],
    });
    await owner.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    const { s3 } = await roleWith([allow('s3:GetObject', object('*'))]);
    const reading = s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a.tif' }));
    await expect(reading).rejects.toMatchObject({ message: expect.stringContaining('with an explicit deny') });
  });

  it('lets no role exceed its boundary', async () => {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [allow('s3:GetObject', '*')] });
    const { Policy } = await owner.iam.send(new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument }));
    await put('a.tif');
    const permissions = allow(['s3:GetObject', 's3:PutObject'], object('*'));
    const { s3 } = await roleWith([permissions], { PermissionsBoundary: Policy!.Arn! });
    await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a.tif' }));
    const writing = s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a.tif', Body: 'x' }));
    await expect(writing).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('starts sessions for none but the service that a role trusts', async () => {
    await roleWith([]);
    const asOther = authoriser.assume(`arn:aws:iam::${accountId}:role/stage`, 'scheduler.amazonaws.com');
    await expect(asOther).rejects.toThrow('does not trust scheduler.amazonaws.com');
  });

  it('knows each table and index, and each part of a transaction', async () => {
    const table = arn('dynamodb', 'table/jobs');
    await owner.dynamodb.send(
      new CreateTableCommand({
        TableName: 'jobs',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'owner',
            KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
    const { dynamodb } = await roleWith([allow('dynamodb:*', [table, `${table}/*`])]);
    const Key = { pk: { S: '1' } };
    await dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'jobs', Item: Key } },
          {
            ConditionCheck: {
              TableName: 'jobs',
              Key: { pk: { S: '2' } },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
        ],
      }),
    );
    await dynamodb.send(
      new QueryCommand({
        TableName: 'jobs',
        IndexName: 'owner',
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: 'olga' } },
      }),
    );
    await dynamodb.send(new BatchGetItemCommand({ RequestItems: { jobs: { Keys: [Key] } } }));
    expect(judged()).toEqual([
      ['dynamodb:PutItem', table, true],
      ['dynamodb:ConditionCheckItem', table, true],
      ['dynamodb:Query', `${table}/index/owner`, true],
      ['dynamodb:BatchGetItem', table, true],
    ]);
  });

  it('knows a batch of messages, a topic, and the identity that mail is sent as', async () => {
    const { QueueUrl } = await owner.sqs.send(new CreateQueueCommand({ QueueName: 'files' }));
    await owner.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'lab.example' }));
    const { sqs, sns, ses } = await roleWith([allow('sqs:SendMessage', arn('sqs', 'files'))]);
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'x' }] }));
    const publishing = sns.send(new PublishCommand({ TopicArn: arn('sns', 'alarms'), Message: 'x' }));
    await expect(publishing).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    const mail = new SendEmailCommand({
      FromEmailAddress: 'Lab <jobs@lab.example>',
      Destination: { ToAddresses: ['olga@lab.example'] },
      Content: { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'x' } } } },
    });
    await expect(ses.send(mail)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(judged()).toEqual([
      ['sqs:SendMessage', arn('sqs', 'files'), true],
      ['sns:Publish', arn('sns', 'alarms'), false],
      ['ses:SendEmail', arn('ses', 'identity/lab.example'), false],
    ]);
  });

  describe('of signatures', () => {
    it('refuses one made with another secret, and a key that it does not know', async () => {
      const { s3 } = clientsFor(authoriser.url, { accessKeyId: 'test', secretAccessKey: 'guessed' });
      await expect(s3.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({
        name: 'SignatureDoesNotMatch',
      });
      const stranger = clientsFor(authoriser.url, { accessKeyId: 'stranger', secretAccessKey: 'test' });
      await expect(stranger.s3.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({
        name: 'InvalidAccessKeyId',
      });
    });

    it('refuses the key of a session without its token', async () => {
      const { s3 } = await roleWith([allow('s3:*', '*')]);
      const { accessKeyId, secretAccessKey } = (await s3.config.credentials()) as never;
      const bare = clientsFor(authoriser.url, { accessKeyId, secretAccessKey });
      await expect(bare.s3.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({
        name: 'InvalidToken',
      });
    });

    it('lets signed addresses do what their signer may, for as long as they hold', async () => {
      const { s3 } = await roleWith([allow(['s3:PutObject', 's3:GetObject'], object('olga/*'))]);
      const target = { Bucket: bucket, Key: 'olga/1/µ +#%.tif' };
      s3.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED'; // else it signs the checksum of no bytes
      const upload = await getSignedUrl(s3, new PutObjectCommand({ ...target, ContentLength: 6 }), {
        expiresIn: 60,
        unhoistableHeaders: new Set(['content-length']),
      });
      expect((await fetch(upload, { method: 'PUT', body: 'pixels' })).status).toBe(200);
      const download = await getSignedUrl(s3, new GetObjectCommand(target), { expiresIn: 60 });
      expect(await (await fetch(download)).text()).toBe('pixels');
      expect(judged().map(([action]) => action)).toEqual(['s3:PutObject', 's3:GetObject']);

      time += 61_000;
      const late = await fetch(download);
      expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
    });

    it('refuses a signed address that was changed', async () => {
      const { s3 } = await roleWith([allow('s3:*', '*')]);
      await put('a.tif');
      const address = await getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: 'a.tif' }), { expiresIn: 60 });
      for (const changed of [
        address.replace('a.tif', 'b.tif'),
        address.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'),
      ]) {
        const answer = await fetch(changed);
        expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
      }
    });

    it('lets nobody read unsigned', async () => {
      await put('a.tif');
      expect((await fetch(`${authoriser.url}/${bucket}/a.tif`)).status).toBe(403);
    });
  });
});
