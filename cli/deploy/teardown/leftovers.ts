import { setTimeout as wait } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { stackTag } from '../../../policies/tagged-types.ts';
import type { AwsAccount } from '../account.ts';
import { type Deployment, isTagOfDeployment } from '../engine/owned.ts';

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
  deployment: Deployment & { account: AwsAccount },
  kept: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const until = Date.now() + settleMs;
  for (;;) {
    const found = (await tagged(deployment)).filter((arn) => !kept.some((name) => arn.endsWith(name)));
    if (found.length === 0 || Date.now() > until) return found;
    await wait(askEveryMs, undefined, { signal });
  }
}

/** CloudFront and IAM answer in us-east-1 only, wherever the stack is. */
const globalRegion = 'us-east-1';
const globalServices = /^arn:[\w-]+:(cloudfront|iam|budgets):/;

/**
 * ARNs of all that carries the stack's tag in this account and region, in order. What services without regions have is of
 * this stack only if the tag of its deployment says so: another region's stack may have the same name.
 */
export async function tagged(deployment: Deployment & { account: AwsAccount }): Promise<string[]> {
  const { stack, account } = deployment;
  const regions = [...new Set([account.region, globalRegion])];
  const arns = new Set<string>();
  for (const region of regions) {
    const client = new ResourceGroupsTaggingAPIClient({ ...account.client, region });
    const wanted = { TagFilters: [{ Key: stackTag, Values: [stack] }] };
    for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client }, wanted)) {
      for (const { ResourceARN, Tags = [] } of ResourceTagMappingList) {
        const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key!, Value]));
        const isRegional = region === account.region && !globalServices.test(ResourceARN!);
        if (isTagOfDeployment(tags, deployment, isRegional)) arns.add(ResourceARN!);
      }
    }
  }
  return [...arns].sort();
}
