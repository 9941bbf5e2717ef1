import { setTimeout as wait } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { stackTag } from '../../../policies/tagged-types.ts';
import type { AwsAccount } from '../account.ts';

/** The tag search shows what was deleted for a while. */
const settleMs = 90_000;
const askEveryMs = 5000;

/** Log groups that functions made themselves when they wrote after theirs was removed. */
export async function removeLogGroups(logGroupNamePrefix: string, account: AwsAccount): Promise<void> {
  const client = new CloudWatchLogsClient(account.client);
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
    for (const { logGroupName } of logGroups) await client.send(new DeleteLogGroupCommand({ logGroupName }));
  }
}

/** ARNs of all that carries the stack's tag and is not `kept`, after what was just deleted has had time to disappear. */
export async function leftovers(
  stack: string,
  account: AwsAccount,
  kept: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const until = Date.now() + settleMs;
  for (;;) {
    const found = (await tagged(stack, account)).filter((arn) => !kept.some((name) => arn.endsWith(name)));
    if (found.length === 0 || Date.now() > until) return found;
    await wait(askEveryMs, undefined, { signal });
  }
}

/** CloudFront and IAM answer in us-east-1 only, wherever the stack is. */
const globalRegion = 'us-east-1';

/** ARNs of all that carries the stack's tag, in order. */
export async function tagged(stack: string, account: AwsAccount): Promise<string[]> {
  const regions = [...new Set([account.region, globalRegion])];
  const arns = new Set<string>();
  for (const region of regions) {
    const client = new ResourceGroupsTaggingAPIClient({ ...account.client, region });
    const wanted = { TagFilters: [{ Key: stackTag, Values: [stack] }] };
    for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client }, wanted)) {
      for (const { ResourceARN } of ResourceTagMappingList) arns.add(ResourceARN!);
    }
  }
  return [...arns].sort();
}
