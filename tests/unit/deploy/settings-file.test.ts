import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { regionOf } from '../../../cli/deploy/account.ts';
import {
  differencesOf,
  readSettingsFile,
  regionInFolder,
  type Settings,
  unsetBy,
} from '../../../cli/deploy/settings-file.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const settings = (values: Record<string, string>): Settings =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]));

describe('the file of settings', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);

  it('has texts as they are, all else as JSON, and the region by itself', async () => {
    await write('Pulumi.yaml', 'name: labdeploy\nruntime: nodejs\n');
    await write(
      'Pulumi.trial.yaml',
      'config:\n  aws:region: eu-west-3\n  labdeploy:retentionDays: 7\n  labdeploy:signUp: open\n  labdeploy:allowedDomains: [lab.example]\n',
    );
    expect(await readSettingsFile(folder.path, 'trial')).toEqual({
      name: 'Pulumi.trial.yaml',
      region: 'eu-west-3',
      settings: settings({
        'labdeploy:retentionDays': '7',
        'labdeploy:signUp': 'open',
        'labdeploy:allowedDomains': '["lab.example"]',
      }),
    });
  });

  it('names the region of commands that are about no stack, by the stack that is usual', async () => {
    await write('Pulumi.yaml', 'name: labdeploy\nruntime: nodejs\n');
    await write('Pulumi.dev.yaml', 'config:\n  aws:region: eu-west-3\n');
    await write('Pulumi.trial.yaml', 'config:\n  aws:region: us-west-2\n');
    expect(await regionInFolder(folder.path, {})).toBe('eu-west-3');
    expect(await regionInFolder(folder.path, { LABDEPLOY_STACK: 'trial' })).toBe('us-west-2');
    expect(await regionInFolder(folder.path, { LABDEPLOY_STACK: 'none' })).toBeUndefined();
  });

  it("is nobody's in another project's folder, and absent where the stack has none", async () => {
    await write('Pulumi.dev.yaml', 'config: {}\n');
    expect(await readSettingsFile(folder.path, 'dev')).toBeUndefined();
    await write('Pulumi.yaml', 'name: of-somebody-else\n');
    expect(await readSettingsFile(folder.path, 'dev')).toBeUndefined();
    await write('Pulumi.yaml', 'name: labdeploy\n');
    expect(await readSettingsFile(folder.path, 'trial')).toBeUndefined();
    expect(await readSettingsFile(folder.path, 'dev')).toEqual({ name: 'Pulumi.dev.yaml', settings: {} });
  });

  it('that is no YAML is named', async () => {
    await write('Pulumi.yaml', 'name: labdeploy\n');
    await write('Pulumi.dev.yaml', 'config: [\n');
    await expect(readSettingsFile(folder.path, 'dev')).rejects.toMatchObject({ code: 'configRefused' });
  });
});

describe('what a file says otherwise than what is deployed', () => {
  it('has both values, defaults included', () => {
    const file = settings({ 'labdeploy:retentionDays': '7', 'labdeploy:maximumConcurrency': '5' });
    const deployed = settings({ 'labdeploy:alarmEmail': 'it@lab.example', 'labdeploy:secondFactor': 'required' });
    expect(differencesOf(file, deployed)).toEqual([
      { key: 'retentionDays', deployed: '30', file: '7' },
      { key: 'secondFactor', deployed: '"required"', file: '"optional"' },
      { key: 'alarmEmail', deployed: '"it@lab.example"', file: 'not set' },
      { key: 'maximumConcurrency', deployed: '20', file: '5' },
    ]);
  });

  it('is nothing where it is only written otherwise', () => {
    const deployed = { 'labdeploy:signUp': 'domains', 'labdeploy:allowedDomains': '["lab.example"]' };
    const file = { ...deployed, 'labdeploy:allowedDomains': '[ "LAB.example" ]', 'labdeploy:retentionDays': '30' };
    expect(differencesOf(settings(file), settings(deployed))).toEqual([]);
  });

  it('is not what the command gives, nor the boundary that up found by itself', () => {
    const boundary = 'arn:aws:iam::123456789012:policy/labdeploy-boundary';
    const deployed = settings({ 'labdeploy:permissionsBoundary': boundary, 'labdeploy:retentionDays': '90' });
    const given = settings({ 'labdeploy:retentionDays': '60' });
    expect(differencesOf(settings({ 'labdeploy:retentionDays': '7' }), deployed, given)).toEqual([]);
  });

  it('is also a setting of the provider that the file has', () => {
    const file = settings({ 'aws:maxRetries': '3' });
    expect(differencesOf(file, settings({ 'aws:maxRetries': '2' }))).toEqual([
      { key: 'aws:maxRetries', deployed: '2', file: '3' },
    ]);
    expect(differencesOf({}, settings({ 'aws:maxRetries': '2' }))).toEqual([]);
  });

  it('unsets what it does not name, but for the boundary', () => {
    const deployed = settings({
      'labdeploy:permissionsBoundary': 'arn:aws:iam::123456789012:policy/labdeploy-boundary',
      'labdeploy:alarmEmail': 'it@lab.example',
      'labdeploy:retentionDays': '90',
      'aws:region': 'eu-central-1',
    });
    expect(unsetBy(settings({ 'labdeploy:retentionDays': '7' }), deployed)).toEqual(['labdeploy:alarmEmail']);
  });
});

describe('the region', () => {
  it.each([
    ['--region', 'us-east-2', { AWS_REGION: 'us-west-1' }, 'us-east-2'],
    ['AWS_REGION', undefined, { AWS_REGION: 'us-west-1', AWS_DEFAULT_REGION: 'us-west-2' }, 'us-west-1'],
    ['AWS_DEFAULT_REGION', undefined, { AWS_DEFAULT_REGION: 'us-west-2' }, 'us-west-2'],
    ["the stack's file", undefined, {}, 'eu-west-3'],
  ])('is that of %s', async (_, wanted, env, expected) => {
    expect(await regionOf(wanted, env, 'eu-west-3')).toBe(expected);
  });
});
