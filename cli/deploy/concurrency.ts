import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { fittingConcurrency } from '../../infra/concurrency.ts';
import type { Config } from '../../infra/config.ts';
import { stagesOf } from '../../infra/features.ts';
import type { AwsAccount } from './account.ts';
import { checkedConfig, project } from './settings.ts';

const key = `${project}:functionsAtOnce`;

/** Functions that the account may run at once in the region. */
export async function functionsAtOnce({ client }: Pick<AwsAccount, 'client'>): Promise<number> {
  const { AccountLimit } = await new LambdaClient(client).send(new GetAccountSettingsCommand({}));
  return AccountLimit?.ConcurrentExecutions ?? 0;
}

export interface Fitted {
  wanted: number;
  fitting: number;
  accountLimit: number;
}

/** What images at a time become in an account of this limit; undefined where all that the configuration wants fit. */
export function fittedIn(config: Config, accountLimit: number): Fitted | undefined {
  const wanted = config.maximumConcurrency;
  const fitting = fittingConcurrency(wanted, accountLimit, stagesOf(config));
  return fitting === wanted ? undefined : { wanted, fitting, accountLimit };
}

/** Tells the program what the account may run, where that is less than the settings want, and returns it. */
export async function fitConcurrency(engine: Stack, account: AwsAccount): Promise<Fitted | undefined> {
  const config = await engine.getAllConfig();
  const fitted = fittedIn(checkedConfig(config), await functionsAtOnce(account));
  if (fitted !== undefined) await engine.setConfig(key, { value: String(fitted.accountLimit) });
  else if (config[key] !== undefined) await engine.removeConfig(key); // AWS has raised it
  return fitted;
}
