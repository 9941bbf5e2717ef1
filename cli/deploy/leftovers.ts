import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchLogsClient, DeleteLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { AwsAccount } from './account.ts';

/** The tag search shows what was deleted for a while. */
const settleMs = 90_000;
const askEveryMs = 5000;

/** Log groups that functions made themselves when they wrote after theirs was removed. */
export async function removeLogGroups(prefix: string, account: AwsAccount): Promise<string[]> {
  const logs = new CloudWatchLogsClient(account.client);
  const removed: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, nextToken }));
    for (const { logGroupName } of page.logGroups ?? []) {
      await logs.send(new DeleteLogGroupCommand({ logGroupName }));
      removed.push(logGroupName!);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return removed;
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
    const search = new ResourceGroupsTaggingAPIClient({ ...account.client, region });
    let PaginationToken: string | undefined;
    do {
      const page = await search.send(
        new GetResourcesCommand({ TagFilters: [{ Key: 'labdeploy:stack', Values: [stack] }], PaginationToken }),
      );
      for (const { ResourceARN } of page.ResourceTagMappingList ?? []) arns.add(ResourceARN!);
      PaginationToken = page.PaginationToken || undefined;
    } while (PaginationToken !== undefined);
  }
  return [...arns].sort();
}
