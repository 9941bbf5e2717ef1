import type { CommandContext } from '../context.ts';
import { openAccount } from '../deploy/account.ts';

/** Whose credentials AWS sees. */
export async function whoami({ region: wanted }: { region?: string }, context: CommandContext): Promise<void> {
  const { id: account, arn, region } = await openAccount(wanted, context.env, context);
  context.io.emit('whoami.shown', { account, arn, region });
}
