import * as aws from '@pulumi/aws';
import type { AccountRegion } from './stack-context.ts';

/** The account and region that the program's provider works in. */
export async function currentAccount(): Promise<AccountRegion> {
  const [{ accountId }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  return { account: accountId, region, partition };
}
