import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
import { accountId, type Credentials, clientSettings, owner, region } from '../support/simulated-account/clients.ts';
import { bootstrap, type DeployerWorld, deployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';
import type { ServiceOutputs } from '../support/simulated-account/service.ts';

const minute = 60_000;
const elsewhere = 'us-east-1';
const admin = 'first@lab.example';
const state = [`bucket labdeploy-state-${accountId}-${region}`, 'parameter /labdeploy/state/passphrase'];

await describeWithEngine('deployments of one account', (engine) => {
  let world: DeployerWorld;
  let key: Credentials;
  let outputs: ServiceOutputs;
  let before: string[];
  beforeAll(async () => {
    world = await deployerWorld(engine);
    key = await bootstrap(world);
    before = await leftBehind(world.moto.url);
  }, 5 * minute);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  }, minute);
  const up = async (as: Credentials, ...more: string[]) =>
    (await world.result(as, ['up', '--yes', '--no-wait', ...world.settings, ...more])) as unknown as {
      changed: number;
      outputs: ServiceOutputs;
    };
  const left = async () => (await leftBehind(world.moto.url)).filter((each) => ![...before, ...state].includes(each));
  /** Operations and names of what a change would touch. */
  const planned = async (as: Credentials, ...more: string[]) => {
    const { changes } = await world.result(as, ['preview', ...world.settings, ...more]);
    return (changes as { op: string; resource: string }[]).map(({ op, resource }) => `${op} ${resource}`);
  };

  it(
    'of the same name go on in one region when that of another is made and removed',
    async () => {
      const [own, other] = await Promise.all([
        up(key, '--admin', admin),
        up(owner, '--region', elsewhere), // the simulated IAM judges in one region
      ]);
      ({ outputs } = own);
      expect(other.outputs.url).not.toBe(outputs.url);
      const destroy = ['destroy', '--yes', '--all', '--region', elsewhere];
      expect(await world.result(owner, destroy)).toMatchObject({ kept: [] });
      expect(await world.result(key, ['up', '--yes', '--no-wait', ...world.settings, '--refresh'])).toMatchObject({
        changed: 0,
      });
    },
    20 * minute,
  );

  it(
    'keep their settings where a fresh clone has others, and never write its file',
    async () => {
      const file = join(world.folder, 'Pulumi.dev.yaml');
      const text = 'config:\n  labdeploy:retentionDays: 7\n';
      await writeFile(join(world.folder, 'Pulumi.yaml'), 'name: labdeploy\nruntime: nodejs\n');
      await writeFile(file, text);
      const told = (stdout: string) => jsonLines(stdout).find(({ event }) => event === 'deploy.settingsDiffer');
      const looked = await world.run(key, ['preview', '--json']);
      expect({ code: looked.code, stderr: looked.stderr }).toEqual({ code: 0, stderr: '' });
      expect(told(looked.stdout)).toMatchObject({
        file: 'Pulumi.dev.yaml',
        differences: expect.arrayContaining([{ key: 'retentionDays', deployed: '30', file: '7' }]),
      });
      expect(jsonLines(looked.stdout).at(-1)).toMatchObject({ event: 'preview.done', changes: [] });
      expect(await world.result(key, ['up', '--yes', '--no-wait'])).toMatchObject({ changed: 0 });
      const taken = await planned(key, '--settings', 'file');
      expect(taken.filter((each) => each.includes('BucketLifecycleConfiguration')).length).toBe(3);
      expect(await readFile(file, 'utf8')).toBe(text);
      await writeFile(file, 'config:\n  aws:region: us-west-2\n');
      expect(await world.result(key, ['outputs'])).toMatchObject({ outputs: { region } }); // AWS_REGION counts
      await writeFile(file, 'config: {}\n');
    },
    10 * minute,
  );

  it(
    'refuse another base name: by the deployer of one, and where data would go, whoever asks',
    async () => {
      const other = ['up', '--yes', '--no-wait', ...world.settings, '--config', 'baseName=neuro'];
      expect(await world.failure(key, other)).toMatchObject({
        code: 'deployerOfOther',
        next: expect.stringContaining('bootstrap-iam --base-name neuro'),
      });
      const refused = await world.failure(owner, other);
      expect(refused).toMatchObject({ code: 'dataWouldGo', exit: 3 });
      for (const part of ['labdeploy-inputs (Bucket)', 'labdeploy-results (Bucket)', '(Table)', '(UserPool)'])
        expect(refused.why).toContain(part);
    },
    10 * minute,
  );

  it(
    'that somebody has removed a part of are seen by status and doctor, and put right by up --refresh',
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
      expect(await planned(key)).toEqual([]); // the state knows nothing of it, and nothing of the base name that was refused
      await up(key, '--refresh');
      expect(await world.result(key, ['status'])).toMatchObject({ missing: [] });
      expect(await planned(key)).toEqual([]);
    },
    10 * minute,
  );

  it(
    'are not removed with --all while the state has others',
    async () => {
      expect(await world.failure(key, ['destroy', '--stack', 'trial', '--all', '--yes'])).toMatchObject({
        code: 'stateInUse',
        why: expect.stringContaining('dev'),
      });
    },
    5 * minute,
  );

  it(
    'keep people, jobs and images with --keep-data, without expiry, and take them up again',
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
      const again = await up(key);
      expect(again.outputs).toMatchObject({ userPoolId: outputs.userPoolId, table: outputs.table });
      expect((await person()).Username).toBe(known.Username);
      expect(await expiry()).toEqual(['ENABLED', 3]);
      const { users } = (await world.result(key, ['users', 'list'])) as { users: { email: string; admin: boolean }[] };
      expect(users.map((each) => [each.email, each.admin])).toEqual([[admin, true]]);
      expect(await planned(key)).toEqual([]);
    },
    15 * minute,
  );

  it(
    'leave their data with --keep-data also where much was deleted by hand, and stay known',
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
      expect(await left()).toEqual([`bucket ${Bucket}`, `table ${outputs.table}`]);
      expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toMatchObject(
        { BlockPublicPolicy: true },
      );
      expect(await world.result(key, ['stacks'])).toMatchObject({ stacks: [{ name: 'dev' }] });
    },
    12 * minute,
  );

  it(
    'end with 3 where destroy finds something with their tag that they did not make, which it names',
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
