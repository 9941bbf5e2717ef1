import { openAccount } from '../deploy/account.ts';
import type { Services } from '../program.ts';

/** Whose credentials AWS sees. */
export async function whoami({ region }: { region?: string }, { io, env }: Services): Promise<void> {
  const account = await openAccount(region, env);
  io.emit('whoami.shown', { account: account.id, arn: account.arn, region: account.region });
}
