import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { GetBucketLifecycleConfigurationCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jsonLines } from '../support/cli.ts';
import { type Credentials, owner, region } from '../support/simulated-account/clients.ts';
import { bootstrap, type DeployerWorld, deployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import type { ServiceOutputs } from '../support/simulated-account/service.ts';

const minute = 60_000;
const elsewhere = 'us-east-1';
const admin = 'first@lab.example';

await describeWithEngine('deployments of one account', (engine) => {
  let world: DeployerWorld;
  let key: Credentials;
  let outputs: ServiceOutputs;
  beforeAll(async () => {
    world = await deployerWorld(engine);
    key = await bootstrap(world);
  }, 5 * minute);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  }, minute);
  const up = async (as: Credentials, ...more: string[]) =>
    (await world.result(as, ['up', '--yes', '--no-wait', ...world.settings, ...more])) as unknown as {
      changed: number;
      outputs: ServiceOutputs;
    };
  /** Operations and names of what a change would touch. */
  const planned = async (as: Credentials, ...more: string[]) => {
    const { changes } = await world.result(as, ['preview', ...world.settings, ...more]);
    return (changes as { op: string; resource: string }[]).map(({ op, resource }) => `${op} ${resource}`);
  };

  it(
    'of the same name go on in one region when that of another is made and removed',
    async () => {
      ({ outputs } = await up(key, '--admin', admin));
      const other = await up(owner, '--region', elsewhere); // the simulated IAM judges in one region
      expect(other.outputs.url).not.toBe(outputs.url);
      expect(await planned(key)).toEqual([]);
      expect(await world.result(owner, ['destroy', '--yes', '--region', elsewhere])).toMatchObject({ kept: [] });
      expect(await planned(key)).toEqual([]);
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
      expect(await planned(key)).toEqual([]);
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
      expect(await planned(key)).toEqual([]); // the state knows nothing of it
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
      const before = await person();
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
      expect((await person()).Username).toBe(before.Username);
      expect(await expiry()).toEqual(['ENABLED', 3]);
      const { users } = (await world.result(key, ['users', 'list'])) as { users: { email: string; admin: boolean }[] };
      expect(users.map((each) => [each.email, each.admin])).toEqual([[admin, true]]);
      expect(await planned(key)).toEqual([]);
    },
    15 * minute,
  );
});
