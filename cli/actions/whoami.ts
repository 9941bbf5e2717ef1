import type { CommandContext } from '../context.ts';
import { openAccount } from '../deploy/account.ts';
import { regionInFolder } from '../deploy/settings-file.ts';

/** Whose credentials AWS sees. */
export async function whoami({ region: wanted }: { region?: string }, context: CommandContext): Promise<void> {
  const { cwd, env, signal } = context;
  const ofFile = await regionInFolder(cwd, env);
  const { id: account, arn, region } = await openAccount(wanted, env, { ofFile, signal });
  context.io.emit('whoami.shown', { account, arn, region });
}
