import * as aws from '@pulumi/aws';
import type { Place } from './stack-context.ts';

/** The account and region that the program's provider works in. */
export async function currentPlace(): Promise<Place> {
  const [{ accountId }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  return { account: accountId, region, partition };
}
