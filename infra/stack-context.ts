import type * as pulumi from '@pulumi/pulumi';
import type { Config } from './config.ts';
import { accountRegionDigest, type Named, nameOf } from './naming.ts';

/** Where a function's code lies that is too large for a request. */
export interface StoredCode {
  s3Bucket: pulumi.Input<string>;
  s3Key: pulumi.Input<string>;
}

/** What every component of one stack gets. */
export interface StackContext {
  config: Config;
  stack: string;
  account: string;
  region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`: the second word of every ARN. */
  partition: string;
  /** By name of the function, code that is not in the request which makes it. */
  largeCode?: Readonly<Record<string, StoredCode>>;
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

export function stackContext(config: Config, stack: string, target: AccountRegion): StackContext {
  const { account, region, partition } = target;
  const name = (part: string, what: Named) => nameOf(config.baseName, stack, part, what);
  return {
    config,
    stack,
    ...target,
    name,
    worldName: (part, what) => name(`${part}-${accountRegionDigest(account, region)}`, what),
    arn: (service, resource) => `arn:${partition}:${service}:${region}:${account}:${resource}`,
  };
}
