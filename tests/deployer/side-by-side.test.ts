import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jsonLines } from '../support/cli.ts';
import { type Credentials, owner, region } from '../support/simulated-account/clients.ts';
import type { DeployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { type OwnAccount, ownAccount } from '../support/simulated-account/own-account.ts';

const minute = 60_000;
const elsewhere = 'us-east-1';

await describeWithEngine('deployments of one account', (engine) => {
  let account: OwnAccount;
  let world: DeployerWorld;
  let key: Credentials;
  beforeAll(async () => {
    account = await ownAccount(engine);
    ({ world, key } = account);
  }, 5 * minute);
  afterAll(async () => {
    await account?.[Symbol.asyncDispose]();
  }, minute);

  it(
    'of the same name go on in one region when that of another is made and removed',
    async () => {
      const [own, other] = await Promise.all([
        account.up(key),
        account.up(owner, '--region', elsewhere), // the simulated IAM judges in one region
      ]);
      expect(other.outputs.url).not.toBe(own.outputs.url);
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
      const taken = await account.planned(key, '--settings', 'file');
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
    'are gone with destroy --all, and the state with them',
    async () => {
      expect(await world.result(key, ['destroy', '--yes', '--all'])).toMatchObject({ kept: [] });
      expect(await account.leftOfAll()).toEqual([]);
    },
    10 * minute,
  );
});
