import type { CommandContext } from '../context.ts';
import { regionOf } from '../deploy/account.ts';
import { builtFor, plannedResources } from '../deploy/planned-resources.ts';
import { checkedConfig, parseConfig } from '../deploy/settings.ts';
import { readSettingsFile } from '../deploy/settings-file.ts';
import { assertName, type StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';

export interface SynthOptions extends StackOptions {
  /** Twelve digits. */
  account: string;
}

/** Says every resource that a first deployment with these settings would make, in order of type and name. Asks no questions. */
export async function synth(options: SynthOptions, { io, env, cwd }: CommandContext): Promise<void> {
  const { stack, account } = options;
  assertName(stack);
  if (!/^\d{12}$/.test(account)) {
    throw new UserError('usage', { detail: `'${account}' is no account: twelve digits`, command: 'synth' });
  }
  const file = await readSettingsFile(cwd, stack);
  const region = await regionOf(options.region, env, file?.region);
  const config = checkedConfig({ ...file?.settings, ...parseConfig(options.config ?? []) });
  const target = { account, region, partition: 'aws' };
  const resources = await plannedResources({ config, stack, target, ...(await builtFor(config)) });
  io.emit('synth.done', { stack, account, region, resources });
}
