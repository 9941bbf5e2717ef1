import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { GetRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateMultipartUploadCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { packModel } from '../../cli/client/packed-model.ts';
import { findUnrecorded, settingTypes } from '../../cli/deploy/engine/adopt-unrecorded.ts';
import type { EngineState, StateResource } from '../../cli/deploy/engine/engine-state.ts';
import { deployerStatements } from '../../policies/deployer.ts';
import { withoutManifest } from '../aws/service/folder-of-images.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { secondsOfChildren } from '../support/processor-time.ts';
import { accountId, type Credentials, clientSettings, owner, region } from '../support/simulated-account/clients.ts';
import { bootstrap, type DeployerWorld, deployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';
import { roleOf } from '../support/simulated-account/role-of.ts';
import type { Runner } from '../support/simulated-account/runner/runner.ts';
import { type ServiceOutputs, serveStack } from '../support/simulated-account/service.ts';
import { treeOf } from '../support/tree.ts';
import { makeLaterVersion } from './later-version.ts';
import { notUsedHere } from './not-used-here.ts';

const minute = 60_000;
const samples = resolve(import.meta.dirname, '../../samples/images');
const state = [`bucket labdeploy-state-${accountId}-${region}`, 'parameter /labdeploy/state/passphrase'];
/** Of bootstrap-iam. */
const ofTheOwner = /^(role labdeploy-deployer|policy labdeploy-(deployer-\d|boundary))$/;
const deployer = 'labdeploy-deployer';

interface UpDone {
  url: string;
  changed: number;
  seconds: number;
  invited?: string;
  outputs: ServiceOutputs;
}

await describeWithEngine('the package, run by a deployer with the rights of bootstrap-iam and no other', (engine) => {
  let world: DeployerWorld;
  let key: Credentials;
  let outputs: ServiceOutputs;
  let runner: Runner | undefined;
  beforeAll(async () => {
    world = await deployerWorld(engine, { packed: true });
    key = await bootstrap(world);
  }, 5 * minute);
  afterAll(async () => {
    await runner?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  }, minute);
  const up = async (...more: string[]) =>
    (await world.result(key, ['up', '--yes', '--no-wait', ...world.settings, ...more])) as unknown as UpDone;
  /** Kinds of what a change would touch, with how often. */
  const planned = async (...more: string[]) => {
    const { changes } = (await world.result(key, ['preview', ...world.settings, ...more])) as unknown as {
      changes: { op: string; type: string }[];
    };
    const kinds = changes.map(({ op, type }) => `${op} ${type.split(':').at(-1)}`).sort();
    return Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]));
  };
  const left = async () => (await leftBehind(world.moto.url)).filter((each) => !ofTheOwner.test(each));

  it(
    'who it is says whoami, and that nothing stands in the way doctor',
    async () => {
      expect(await world.result(key, ['whoami'])).toMatchObject({
        account: accountId,
        arn: `arn:aws:iam::${accountId}:user/deployer/${deployer}`,
      });
      const { checks } = (await world.result(key, ['doctor'])) as { checks: { name: string; outcome: string }[] };
      expect(Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))).toEqual({
        ...{ Node: 'ok', engine: 'ok', credentials: 'ok', region: 'ok', state: 'ok', names: 'ok', drift: 'ok' },
        ...{ Lambda: 'ok', Cognito: 'ok', CloudFront: 'ok', mail: 'ok' },
      });
    },
    minute,
  );

  it(
    'has every action that bootstrap-iam --check asks IAM about',
    async () => {
      const actions = deployerStatements({ partition: 'aws', account: accountId, baseName: 'labdeploy' });
      expect(await world.result(owner, ['bootstrap-iam', '--check'])).toMatchObject({
        event: 'bootstrap.checked',
        actions: actions.reduce((sum, statement) => sum + statement.actions.length, 0),
      });
    },
    minute,
  );

  it(
    'changes nothing with a preview',
    async () => {
      expect(await planned()).toMatchObject({ 'create Function': expect.any(Number) });
      expect(await left()).toEqual([]);
    },
    2 * minute,
  );

  it(
    'deploys with up, every role under the boundary, and invites the first administrator',
    async () => {
      const done = await up(
        ...['--admin', 'first@lab.example', '--config', 'alarmEmail=lab@lab.example'],
        ...['--config', 'containers=true', '--config', 'dashboard=true'], // so that the rights for it are shown to be needed
      );
      outputs = done.outputs;
      expect(done).toMatchObject({ invited: 'first@lab.example', url: expect.stringMatching(/^https:/) });
      const { Roles = [] } = await world.clients.iam.send(new ListRolesCommand({}));
      const bounds: Record<string, string | undefined> = {};
      for (const { RoleName } of Roles.filter((role) => role.RoleName !== deployer)) {
        const { Role } = await world.clients.iam.send(new GetRoleCommand({ RoleName }));
        bounds[RoleName!] = Role!.PermissionsBoundary?.PermissionsBoundaryArn;
      }
      expect(new Set(Object.values(bounds))).toEqual(new Set([`arn:aws:iam::${accountId}:policy/labdeploy-boundary`]));
      expect(Object.keys(bounds)).toEqual(expect.arrayContaining(Object.values(outputs.functions).map(roleOf)));
    },
    10 * minute,
  );

  it(
    'changes nothing with a second up, and takes little of the processor for it',
    async () => {
      const before = await secondsOfChildren();
      expect(await up()).toMatchObject({ changed: 0 });
      const seconds = (await secondsOfChildren()) - before; // of labdeploy, the engine and its plugins
      process.stderr.write(`up with nothing to change: ${seconds.toFixed(1)} s of the processor\n`);
      expect(seconds).toBeLessThan(30); // 15 s on two cores
    },
    5 * minute,
  );

  it(
    'finds again all that it made, as it must where it was killed before it knew',
    async () => {
      const Bucket = `labdeploy-state-${accountId}-${region}`;
      const Key = '.pulumi/stacks/labdeploy/dev.json';
      const { Body } = await world.clients.s3.send(new GetObjectCommand({ Bucket, Key }));
      const { checkpoint } = JSON.parse(await Body!.transformToString()) as { checkpoint: { latest: EngineState } };
      const client = { ...clientSettings(world.authoriser.url, key), forcePathStyle: true };
      const account = { id: accountId, arn: '', region, partition: 'aws', client };
      const sought = checkpoint.latest.resources!.filter(
        ({ type }) => type.startsWith('aws:') && !settingTypes.has(type),
      );
      const found = await Promise.all(sought.map((resource) => findUnrecorded(resource, account)));
      /** What is in something else is read back by the ids of both. */
      const asFound = ({ id, inputs = {} }: StateResource, as = '') =>
        [
          ...[inputs.apiId, inputs.userPoolId, inputs.function].map((of) => `${of}/${id}`),
          `${inputs.rule}/${inputs.targetId}`,
        ].includes(as)
          ? as
          : id;
      expect(sought.map(({ urn }, at) => [urn, found[at]])).toEqual(
        sought.map((resource, at) => [resource.urn, asFound(resource, found[at])]),
      );
      expect(sought.length).toBeGreaterThan(70);
    },
    minute,
  );

  it(
    'sees the stack, its outputs, its state and who has an account',
    async () => {
      expect(await world.result(key, ['stacks'])).toMatchObject({
        stacks: [{ name: 'dev', lastUpdate: expect.any(String), resources: expect.any(Number) }],
      });
      expect(await world.result(key, ['outputs'])).toMatchObject({ outputs });
      const status = (await world.result(key, ['status'])) as { queues: { queue: string; dead: number }[] };
      expect(status.queues.map(({ queue, dead }) => [queue, dead])).toEqual(
        Object.keys(outputs.queues).map((queue) => [queue, 0]),
      );
      await world.result(key, ['users', 'add', 'olga@lab.example']);
      await world.result(key, ['users', 'plan', 'olga@lab.example', 'large']);
      await world.result(key, ['users', 'plan', 'olga@lab.example']);
      const { users } = (await world.result(key, ['users', 'list'])) as { users: { email: string; admin: boolean }[] };
      expect(users.map(({ email, admin }) => [email, admin]).sort()).toEqual([
        ['first@lab.example', true],
        ['olga@lab.example', false],
      ]);
      await world.result(key, ['users', 'remove', 'olga@lab.example', '--yes']);
    },
    2 * minute,
  );

  it(
    'names the image that is there of the same files, and builds it not again',
    async () => {
      const folder = join(world.folder, 'otsu');
      await mkdir(folder);
      await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
      await using packed = await packModel(folder);
      const imageTag = packed.sha256;
      const { repository, project } = (outputs as { builds?: { repository: string; project: string } }).builds!;
      expect(project).toBe('labdeploy-dev-builds');
      const ecr = new ECRClient(clientSettings(world.moto.url));
      const imageManifestMediaType = 'application/vnd.docker.distribution.manifest.v2+json';
      const imageManifest = JSON.stringify({ schemaVersion: 2, config: { digest: imageTag }, layers: [] });
      const repositoryName = repository.split('/')[1];
      const { image } = await ecr.send(
        new PutImageCommand({ repositoryName, imageTag, imageManifest, imageManifestMediaType }),
      );
      expect(await world.result(key, ['model', 'build', 'otsu', '--stack', 'dev'])).toMatchObject({
        ...{ event: 'image.built', reused: true, source: imageTag },
        image: `${repository}@${image!.imageId!.imageDigest}`,
      });
    },
    2 * minute,
  );

  it(
    'serves: a folder sent with submit comes back as run makes it, and logs and cost tell of it',
    async () => {
      const images = 4;
      const service = await serveStack(outputs, world);
      runner = service.runner;
      const { token } = await service.person('ada');
      const submitted = await cli(['submit', samples, '--url', world.front.url, '-o', 'submitted', '--json'], {
        cwd: world.folder,
        env: { LABDEPLOY_TOKEN: token },
      });
      const { job, ...last } = jsonLines(submitted.stdout).at(-1) as { job: string };
      expect({ ...last, stderr: submitted.stderr }).toMatchObject({ event: 'submit.done', done: images, stderr: '' });
      expect(await cli(['run', samples, '-o', 'run'], { cwd: world.folder })).toMatchObject({ code: 0 });
      const [sent, local] = [join(world.folder, 'submitted'), join(world.folder, 'run')];
      expect((await readdir(sent)).length).toBeGreaterThan(3);
      expect(withoutManifest(await treeOf(sent))).toEqual(withoutManifest(await treeOf(local)));
      const told = await world.run(key, ['logs', '--stage', 'predict', '--job', job, '--json']);
      expect(told.code).toBe(0);
      expect(jsonLines(told.stdout).every(({ event, stage }) => event === 'logs.line' && stage === 'predict')).toBe(
        true,
      );
      expect(jsonLines(told.stdout).length).toBeGreaterThan(0);
      const spent = await world.result(key, ['cost', '--job', job]);
      expect(spent).toMatchObject({ event: 'cost.job', job, files: images, seconds: expect.any(Number) });
      const { lines } = spent.cost as { lines: { item: string; amount: number }[] };
      const invocations = lines.find(({ item }) => item === 'invocations')!.amount;
      expect([images + 1, images + 2]).toContain(invocations); // zip, and notify if it is through
      expect(await world.result(key, ['cost', '--days', '1'])).toMatchObject({ event: 'cost.stack', days: 1 });
      await runner[Symbol.asyncDispose]();
      runner = undefined;
    },
    5 * minute,
  );

  it(
    'changes with a setting only what it must',
    async () => {
      const { changes } = (await world.result(key, [
        ...['preview', ...world.settings, '--config', 'memory=2048', '--config', 'retentionDays=14'],
      ])) as { changes: { op: string; resource: string }[] };
      const functions = ['api', 'notify', 'predict', 'sweep', 'unzip', 'zip'].map((name) => `${name}-function`);
      const lifecycles = ['downloads-lifecycle', 'results-lifecycle']; // what was sent goes sooner
      expect(changes.map(({ op, resource }) => `${op} ${resource.replace(/^.*: (\S+) \(.*$/, '$1')}`).sort()).toEqual(
        [...functions, ...lifecycles].map((name) => `update labdeploy-${name}`).sort(),
      );
      const numbers = ['memory=2048', 'logRetentionDays=14', 'monthlyBudget=80', 'maximumConcurrency=10'];
      const switches = ['secondFactor=required', 'tracing=true', 'publicLinks=true', 'protectData=true'];
      const origins = [world.front.url, 'https://page.lab.example'];
      const settings = [...numbers, ...switches, `origins=${JSON.stringify(origins)}`];
      expect(await up(...settings.flatMap((setting) => ['--config', setting]))).toMatchObject({ outputs });
    },
    10 * minute,
  );

  it(
    'changes in place what a later version has otherwise',
    async () => {
      await makeLaterVersion(join(world.folder, 'node_modules/labdeploy'));
      const changes = await planned();
      expect(Object.keys(changes).filter((each) => !each.startsWith('update '))).toEqual([]);
      expect(changes).toMatchObject({ 'update Api': 1, 'update OriginAccessControl': 1, 'update Schedule': 1 });
      expect(await up('--config', 'protectData=false')).toMatchObject({ outputs }); // it is destroyed next
      expect(await planned()).toEqual({});
    },
    5 * minute,
  );

  it(
    'removes all with destroy: the state is left, and with --all nothing',
    async () => {
      const unfinished = { Bucket: outputs.buckets.uploads, Key: 'ada/job/folder.zip' };
      await world.clients.s3.send(new CreateMultipartUploadCommand(unfinished));
      expect(await world.result(key, ['destroy', '--yes'])).toMatchObject({ event: 'destroy.done', kept: [] });
      expect(await left()).toEqual(state);
      expect(await world.result(key, ['stacks'])).toMatchObject({ stacks: [] });
      expect(await world.result(key, ['destroy', '--all', '--yes'])).toMatchObject({ event: 'destroy.done' });
      expect(await left()).toEqual([]);
    },
    10 * minute,
  );

  it('was refused nothing, and needed every action that it has', () => {
    const judged = world.authoriser.log.filter(({ who }) => who === deployer);
    expect(judged.filter(({ allowed }) => !allowed)).toEqual([]);
    const needed = new Set(
      judged.flatMap(({ by, action }) => (by.length === 1 ? [`${by[0]!.split('/').at(-1)} ${action}`] : [])),
    );
    const has = deployerStatements({ partition: 'aws', account: accountId, baseName: 'labdeploy' });
    const unused = has.flatMap(({ id, actions }) =>
      actions.map((action) => `${id} ${action}`).filter((each) => !needed.has(each)),
    );
    expect(unused.sort()).toEqual(Object.keys(notUsedHere).sort());
  });

  it(
    'is gone with bootstrap-iam --remove',
    async () => {
      await world.result(owner, ['bootstrap-iam', '--remove', '--yes']);
      expect(await leftBehind(world.moto.url)).toEqual([]);
    },
    minute,
  );
});
