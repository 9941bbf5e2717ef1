import { IAMClient } from '@aws-sdk/client-iam';
import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { type Config, ConfigError, readConfig } from '../../infra/config.ts';
import { boundaryArn } from '../../policies/boundary.ts';
import { UserError } from '../errors.ts';
import type { AwsAccount } from './account.ts';
import { isPolicy } from './iam/client.ts';

export const project = 'labdeploy';

/** As the engine takes settings. Throws `usage` for one that is not `key=value`. */
export function parseConfig(pairs: readonly string[]): Record<string, { value: string }> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([\w:.-]+)=(.*)$/s.exec(pair) ?? [];
      if (key === undefined) throw new UserError('usage', { detail: `'${pair}' is not key=value`, command: 'up' });
      return [key.includes(':') ? key : `${project}:${key}`, { value: value! }];
    }),
  );
}

/** The same check as the program's, before anything is asked of AWS. Throws `configRefused`. */
export function checkedConfig(all: Readonly<Record<string, { value: string }>>): Config {
  const own = Object.entries(all).flatMap(([key, { value }]) =>
    key.startsWith(`${project}:`) ? [[key.slice(project.length + 1), value]] : [],
  );
  try {
    return readConfig(Object.fromEntries(own));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [, key = project, why = error.message] = /^(\S+?): (.*)/s.exec(error.mistakes[0]!) ?? [];
    throw new UserError('configRefused', { key, detail: why }, { cause: error });
  }
}

/** Where bootstrap-iam has been, every role gets its boundary: the deployer can make no other. */
export async function boundRoles(engine: Stack, account: AwsAccount): Promise<void> {
  const config = await engine.getAllConfig();
  const key = `${project}:permissionsBoundary`;
  if (config[key] !== undefined) return;
  const { baseName } = readConfig({ baseName: config[`${project}:baseName`]?.value ?? project });
  const value = boundaryArn({ partition: account.partition, account: account.id, baseName });
  if (await isPolicy(new IAMClient(account.client), value)) await engine.setConfig(key, { value });
}

/** As the last update had it: the engine keeps it with the state. */
export async function resumeConfig(engine: Stack): Promise<void> {
  if ((await engine.history(1, 1)).length > 0) await engine.refreshConfig();
}
