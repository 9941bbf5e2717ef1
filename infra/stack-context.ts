import type { Config } from './config.ts';
import { accountRegionDigest, type Named, nameOf } from './naming.ts';

/** What every component of one stack is told. */
export interface StackContext {
  config: Config;
  stack: string;
  account: string;
  region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`: the second word of every ARN. */
  partition: string;
  /** Physical name of a part. */
  name(part: string, what: Named): string;
  /** The same, where no other account or region may have it. */
  worldName(part: string, what: Named): string;
  /** ARN of something in this account and region. */
  arn(service: string, resource: string): string;
}

export interface AccountRegion {
  account: string;
  region: string;
  partition: string;
}

export function stackContext(config: Config, stack: string, place: AccountRegion): StackContext {
  const { account, region, partition } = place;
  const name = (part: string, what: Named) => nameOf(config.baseName, stack, part, what);
  return {
    config,
    stack,
    ...place,
    name,
    worldName: (part, what) => name(`${part}-${accountRegionDigest(account, region)}`, what),
    arn: (service, resource) => `arn:${partition}:${service}:${region}:${account}:${resource}`,
  };
}
