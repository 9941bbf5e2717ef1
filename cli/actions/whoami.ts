import type { CommandContext } from '../context.ts';
import { openAccount } from '../deploy/account.ts';

/** Whose credentials AWS sees. */
export async function whoami({ region }: { region?: string }, { io, env }: CommandContext): Promise<void> {
  const account = await openAccount(region, env);
  io.emit('whoami.shown', { account: account.id, arn: account.arn, region: account.region });
}
