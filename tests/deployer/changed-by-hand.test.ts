import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AdminGetUserCommand, DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { removeBucket } from '../../cli/deploy/teardown/bucket-contents.ts';
import { jsonLines } from '../support/cli.ts';
import { accountId, type Credentials, clientSettings, region } from '../support/simulated-account/clients.ts';
import type { DeployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { type OwnAccount, ownAccount } from '../support/simulated-account/own-account.ts';
import type { ServiceOutputs } from '../support/simulated-account/service.ts';

const minute = 60_000;
const admin = 'first@lab.example';

await describeWithEngine('a deployment that others change by hand', (engine) => {
  let account: OwnAccount;
  let world: DeployerWorld;
  let key: Credentials;
  let outputs: ServiceOutputs;
  beforeAll(async () => {
    account = await ownAccount(engine);
    ({ world, key } = account);
  }, 5 * minute);
  afterAll(async () => {
    await account?.[Symbol.asyncDispose]();
  }, minute);

  it(
    'is made with its first administrator',
    async () => {
      ({ outputs } = await account.up(key, '--admin', admin));
      expect(await account.planned(key)).toEqual([]);
    },
    20 * minute,
  );

  it(
    'is seen by status and doctor to lack a part, and put right by up --refresh',
    async () => {
      const { sqs, lambda } = world.clients;
      await sqs.send(new DeleteQueueCommand({ QueueUrl: outputs.queues.zips! }));
      await lambda.send(new DeleteFunctionCommand({ FunctionName: outputs.functions.zip! }));
      const missing = ['Zip: labdeploy-zip-function (Function)', 'WorkQueue: labdeploy-queue-zips (Queue)'].sort();
      const status = (await world.result(key, ['status'])) as { missing: string[]; queues: { queue: string }[] };
      expect(status.missing.filter((each) => missing.includes(each))).toEqual(missing);
      expect(status.queues.map(({ queue }) => queue)).not.toContain('zips');
      const { stdout } = await world.run(key, ['doctor', '--json']);
      expect(jsonLines(stdout).find(({ name }) => name === 'drift')).toMatchObject({
        outcome: 'fail',
        fix: 'labdeploy up --refresh makes it again',
      });
      expect(await account.planned(key)).toEqual([]); // the state knows nothing of it
      await account.up(key, '--refresh');
      expect(await world.result(key, ['status'])).toMatchObject({ missing: [] });
      expect(await account.planned(key)).toEqual([]);
    },
    10 * minute,
  );

  it(
    'keeps people, jobs and images with --keep-data, without expiry, and takes them up again',
    async () => {
      const { s3, dynamodb, cognito } = world.clients;
      const Bucket = outputs.buckets.results!;
      await s3.send(new PutObjectCommand({ Bucket, Key: 'ada/job/a_labels.tif', Body: Buffer.alloc(1000) }));
      const person = () => cognito.send(new AdminGetUserCommand({ UserPoolId: outputs.userPoolId, Username: admin }));
      const known = await person();
      const expiry = async () => {
        const { TimeToLiveDescription } = await dynamodb.send(
          new DescribeTimeToLiveCommand({ TableName: outputs.table }),
        );
        const rules = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })).then(
          ({ Rules }) => Rules?.length,
          (error: Error) => error.name,
        );
        return [TimeToLiveDescription?.TimeToLiveStatus, rules];
      };
      expect(await expiry()).toEqual(['ENABLED', 3]);
      const { kept } = (await world.result(key, ['destroy', '--keep-data', '--yes'])) as { kept: { name: string }[] };
      expect(kept.map(({ name }) => name).sort()).toEqual([Bucket, outputs.table, outputs.userPoolId].sort());
      expect(await expiry()).toEqual(['DISABLED', 'NoSuchLifecycleConfiguration']);
      const again = await account.up(key);
      expect(again.outputs).toMatchObject({ userPoolId: outputs.userPoolId, table: outputs.table });
      expect((await person()).Username).toBe(known.Username);
      expect(await expiry()).toEqual(['ENABLED', 3]);
      const { users } = (await world.result(key, ['users', 'list'])) as { users: { email: string; admin: boolean }[] };
      expect(users.map((each) => [each.email, each.admin])).toEqual([[admin, true]]);
      expect(await account.planned(key)).toEqual([]);
    },
    15 * minute,
  );

  it(
    'leaves its data with --keep-data also where much was deleted by hand, and stays known',
    async () => {
      const { s3, sqs, lambda, cognito } = world.clients;
      const Bucket = outputs.buckets.results!;
      await s3.send(new PutObjectCommand({ Bucket, Key: 'ada/job/a_labels.tif', Body: Buffer.alloc(1000) }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl: outputs.queues.zips! }));
      await lambda.send(new DeleteFunctionCommand({ FunctionName: outputs.functions.zip }));
      const logs = new CloudWatchLogsClient(clientSettings(world.moto.url));
      await logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${outputs.functions.sweep}` }));
      await s3.send(new DeleteBucketCommand({ Bucket: outputs.buckets.inputs }));
      await cognito.send(new DeleteUserPoolCommand({ UserPoolId: outputs.userPoolId }));
      const done = await world.result(key, ['destroy', '--keep-data', '--yes']);
      const kept = done.kept as { name: string; bytes: number; monthlyUsd: number }[];
      expect(kept.map(({ name }) => name).sort()).toEqual([Bucket, outputs.table].sort());
      expect(kept.find(({ name }) => name === Bucket)).toEqual({
        name: Bucket,
        bytes: 1000,
        monthlyUsd: expect.closeTo((1000 / 1e9) * 0.0245, 10), // Frankfurt
      });
      expect(await account.left()).toEqual([`bucket ${Bucket}`, `table ${outputs.table}`]);
      expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toMatchObject(
        { BlockPublicPolicy: true },
      );
      expect(await world.result(key, ['stacks'])).toMatchObject({ stacks: [{ name: 'dev' }] });
    },
    12 * minute,
  );

  it(
    'ends with 3 where destroy finds something with its tag that it did not make, which it names',
    async () => {
      // Of the kinds that moto's search by tag knows: buckets, queues, topics, tables, functions, logs, alarms, distributions.
      const { s3 } = world.clients;
      const Bucket = 'somebody-tagged-this';
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
      await s3.send(
        new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'labdeploy:stack', Value: 'dev' }] } }),
      );
      const { code, stderr } = await world.run(key, ['destroy', '--yes']);
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringContaining(`still there: arn:aws:s3:::${Bucket}`),
      });
      expect(stderr).toContain('[leftovers]');
      expect(await account.left()).toEqual([`bucket ${Bucket}`]);
      await removeBucket(Bucket, {
        ...{ id: accountId, arn: '', region, partition: 'aws' },
        client: { ...clientSettings(world.moto.url), forcePathStyle: true },
      });
      expect(await world.result(key, ['destroy', '--yes', '--all'])).toMatchObject({ kept: [] });
      expect(await account.leftOfAll()).toEqual([]);
    },
    10 * minute,
  );
});
