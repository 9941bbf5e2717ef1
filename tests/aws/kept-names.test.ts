import { delimiter, dirname } from 'node:path';
import { expect, it } from '@jest/globals';
import * as aws from '@pulumi/aws';
import { LocalWorkspace } from '@pulumi/pulumi/automation/index.js';
import { deleteBeforeReplace } from '../../infra/delete-before-replace.ts';
import { keepNames } from '../../infra/keep-names.ts';
import { owner, region } from '../support/simulated-account/clients.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { startMoto } from '../support/simulated-account/moto.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const assumeRolePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A role and a dashboard, as a version of labdeploy names and tags them. */
const program = (name: string, tags: Record<string, string>) => async () => {
  const transformations = [deleteBeforeReplace, keepNames];
  const role = new aws.iam.Role('role', { name, assumeRolePolicy, tags }, { transformations });
  const dashboardBody = JSON.stringify({ widgets: [] });
  new aws.cloudwatch.Dashboard('dashboard', { dashboardName: name, dashboardBody }, { transformations });
  return { role: role.name };
};

await describeWithEngine('a deployment whose names were made by an earlier version', (engine) => {
  it('keeps them, and only gets its new tag', async () => {
    await using folder = await temporaryFolder();
    await using moto = await startMoto();
    const envVars = {
      PATH: [engine.pluginFolder, dirname(process.execPath), process.env.PATH]
        .filter((part) => part !== undefined)
        .join(delimiter),
      PULUMI_BACKEND_URL: `file://${folder.path}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: '1',
      AWS_ENDPOINT_URL: moto.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
    };
    const up = async (name: string, tags: Record<string, string>) => {
      const stack = await LocalWorkspace.createOrSelectStack(
        { stackName: 'dev', projectName: 'names', program: program(name, tags) },
        { pulumiCommand: engine.pulumi, workDir: folder.path, envVars },
      );
      await stack.setConfig('aws:region', { value: region });
      const changes: string[] = [];
      const { outputs } = await stack.up({
        onEvent({ resourcePreEvent: begun }) {
          const { op = 'same', type = '' } = begun?.metadata ?? {};
          if (op !== 'same' && type.startsWith('aws:')) changes.push(`${op} ${type}`);
        },
      });
      return { changes: changes.sort(), role: outputs.role?.value };
    };
    const stack = { 'labdeploy:stack': 'dev' };
    expect(await up('labdeploy-dev-api', stack)).toEqual({
      changes: ['create aws:cloudwatch/dashboard:Dashboard', 'create aws:iam/role:Role'],
      role: 'labdeploy-dev-api',
    });
    const deployment = { 'labdeploy:deployment': 'labdeploy/dev/123456789012/eu-central-1' };
    expect(await up('labdeploy-dev-api-1ff32a09', { ...stack, ...deployment })).toEqual({
      changes: ['update aws:iam/role:Role'],
      role: 'labdeploy-dev-api',
    });
  }, 300_000);
});
