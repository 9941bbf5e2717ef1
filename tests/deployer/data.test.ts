import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetPublicAccessBlockCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { removeBucket } from '../../cli/deploy/teardown/bucket-contents.ts';
import { accountId, type Credentials, clientSettings, region } from '../support/simulated-account/clients.ts';
import { bootstrap, type DeployerWorld, deployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { throughKills } from '../support/simulated-account/kills.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';
import type { ServiceOutputs } from '../support/simulated-account/service.ts';

const minute = 60_000;
const state = [`bucket labdeploy-state-${accountId}-${region}`, 'parameter /labdeploy/state/passphrase'];

await describeWithEngine('what is left of a stack', (engine) => {
  let world: DeployerWorld;
  let key: Credentials;
  let before: string[];
  beforeAll(async () => {
    world = await deployerWorld(engine);
    key = await bootstrap(world);
    before = await leftBehind(world.moto.url);
  }, 5 * minute);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  }, minute);
  const up = () => ['up', '--yes', '--no-wait', ...world.settings];
  const left = async () => (await leftBehind(world.moto.url)).filter((each) => ![...before, ...state].includes(each));

  it(
    'is nothing after three kills of up, and a destroy of the half of it that was made, killed as well',
    async () => {
      const tell = (line: string) => process.stderr.write(`${line}\n`);
      const { child, finished } = world.start(key, [...up(), '--json']);
      let made = 0;
      child.stdout!.on('data', (text: string) => {
        made += text.split('"deploy.resource"').length - 1;
        if (made > 30) process.kill(-child.pid!, 'SIGKILL');
      });
      expect((await finished).signal).toBe('SIGKILL');
      const kills = [
        { way: 'labdeploy', ms: 25_000 },
        { way: 'interrupt', ms: 20_000 },
      ] as const;
      await throughKills(world, key, ['destroy', '--yes'], kills, tell);
      expect(await left()).toEqual([]);
    },
    10 * minute,
  );

  it(
    'is its data with --keep-data, also where much was deleted by hand, and the stack stays known',
    async () => {
      const { outputs } = (await world.result(key, up())) as unknown as { outputs: ServiceOutputs };
      const { s3, sqs, lambda, cognito } = world.clients;
      const Bucket = outputs.buckets.results;
      await s3.send(new PutObjectCommand({ Bucket, Key: 'ada/job/a_labels.tif', Body: Buffer.alloc(1000) }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl: outputs.queues.zips }));
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
      expect(await left()).toEqual([`bucket ${Bucket}`, `table ${outputs.table}`]);
      expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toMatchObject(
        { BlockPublicPolicy: true },
      );
      expect(await world.result(key, ['stacks'])).toMatchObject({ stacks: [{ name: 'dev' }] });
    },
    12 * minute,
  );

  it(
    'is named and ends with 3 where destroy finds something with its tag that it did not make',
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
      expect(await left()).toEqual([`bucket ${Bucket}`]);
      await removeBucket(Bucket, {
        ...{ id: accountId, arn: '', region, partition: 'aws' },
        client: { ...clientSettings(world.moto.url), forcePathStyle: true },
      });
      expect(await world.result(key, ['destroy', '--yes', '--all'])).toMatchObject({ kept: [] });
      expect(await leftBehind(world.moto.url)).toEqual(before);
    },
    10 * minute,
  );
});
