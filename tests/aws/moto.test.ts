import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, expect, it } from '@jest/globals';
import { type Clients, clientsFor, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';

const crc32OfHello = 'NhCmhg=='; // of 'hello'
const bucket = { Bucket: 'labdeploy-inputs' };

await describeWithMoto('the simulated account', (moto) => {
  let clients: Clients;
  beforeEach(async () => {
    await moto().reset();
    clients = clientsFor(moto().url);
    await clients.s3.send(
      new CreateBucketCommand({ ...bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
  });

  it('refuses an object whose checksum is not the one sent', async () => {
    const put = (ChecksumCRC32: string) =>
      clients.s3.send(new PutObjectCommand({ ...bucket, Key: 'a', Body: 'hello', ChecksumCRC32 }));
    await put(crc32OfHello);
    await expect(put('AAAAAA==')).rejects.toMatchObject({ name: 'BadDigest', $metadata: { httpStatusCode: 400 } });
    const { Body } = await clients.s3.send(new GetObjectCommand({ ...bucket, Key: 'a' }));
    expect(await Body!.transformToString()).toBe('hello');
  });

  it('says that the events of a bucket go to EventBridge', async () => {
    const asked = async () => {
      const { EventBridgeConfiguration } = await clients.s3.send(new GetBucketNotificationConfigurationCommand(bucket));
      return EventBridgeConfiguration;
    };
    const put = (NotificationConfiguration: object) =>
      clients.s3.send(new PutBucketNotificationConfigurationCommand({ ...bucket, NotificationConfiguration }));
    await put({ EventBridgeConfiguration: {} });
    expect(await asked()).toEqual({});
    await put({});
    expect(await asked()).toBeUndefined();
  });

  it('refuses to complete an upload whose parts have another checksum together', async () => {
    const target = { ...bucket, Key: 'a' };
    const { UploadId } = await clients.s3.send(
      new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }),
    );
    const part = await clients.s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'hello' }));
    const complete = (ChecksumCRC32: string) =>
      clients.s3.send(
        new CompleteMultipartUploadCommand({
          ...target,
          UploadId,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag }] },
          ChecksumType: 'FULL_OBJECT',
          ChecksumCRC32,
        }),
      );
    await expect(complete('AAAAAA==')).rejects.toMatchObject({ name: 'BadDigest' });
    await complete(crc32OfHello);
  });

  it('notifies a queue once of each object, with its key as AWS escapes it', async () => {
    const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: 'files' }));
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await clients.s3.send(
      new PutBucketNotificationConfigurationCommand({
        ...bucket,
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn: Attributes!.QueueArn, Events: ['s3:ObjectCreated:*'] }],
        },
      }),
    );
    await clients.s3.send(new PutObjectCommand({ ...bucket, Key: 'olga/1/dish 1/µ+#.tif', Body: 'hello' }));
    const target = { ...bucket, Key: 'olga/1/b.tif' };
    const { UploadId } = await clients.s3.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await clients.s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await clients.s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));

    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const events = Messages.map(({ Body }) => JSON.parse(Body!)).flatMap(({ Records = [] }) => Records);
    expect(events.map(({ eventName, s3 }) => [eventName, s3.object.key])).toEqual([
      ['ObjectCreated:Put', 'olga/1/dish+1/%C2%B5%2B%23.tif'],
      ['ObjectCreated:CompleteMultipartUpload', 'olga/1/b.tif'],
    ]);
    const [first, second] = events.map(({ s3 }) => s3.object.sequencer as string);
    expect(first! < second!).toBe(true);
  });

  it('lists versions with keys as they are asked for', async () => {
    await clients.s3.send(new PutObjectCommand({ ...bucket, Key: '1/a +%.tif', Body: 'hello' }));
    const { Versions = [] } = await clients.s3.send(new ListObjectVersionsCommand({ ...bucket, EncodingType: 'url' }));
    expect(Versions.map(({ Key }) => Key)).toEqual(['1/a%20%2B%25.tif']);
  });

  it('keeps the policy of a queue when another attribute is set', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }],
    };
    const { QueueUrl } = await clients.sqs.send(
      new CreateQueueCommand({ QueueName: 'files', Attributes: { Policy: JSON.stringify(policy) } }),
    );
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '60' } }));
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy', 'VisibilityTimeout'] }),
    );
    expect(Attributes?.VisibilityTimeout).toBe('60');
    expect(JSON.parse(Attributes!.Policy!)).toEqual(policy);
  });

  it('says which queues may use one for their dead letters', async () => {
    const RedriveAllowPolicy = JSON.stringify({ redrivePermission: 'denyAll' });
    const { QueueUrl } = await clients.sqs.send(
      new CreateQueueCommand({ QueueName: 'dead', Attributes: { RedriveAllowPolicy } }),
    );
    const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes?.RedriveAllowPolicy).toBe(RedriveAllowPolicy);
  });
});
