import { accountWideNames } from '../../../infra/keep-names.ts';
import { accountRegionDigest } from '../../../infra/naming.ts';
import { deploymentTag, stackTag, taggedTypes } from '../../../policies/tagged-types.ts';
import type { AwsAccount } from '../account.ts';
import type { StateResource } from './engine-state.ts';

/** Types that the API of any region answers about, so that a stack of another region can have made what is found. */
const isAccountWide = (type: string): boolean =>
  type in accountWideNames || type === 'aws:cloudfront/distribution:Distribution';

/**
 * False where a found resource could be another region's, by what is to be looked for: it has no tags, and a name that
 * the stacks of all regions had in earlier versions.
 */
export function mayBeOfDeployment({ type, inputs = {} }: StateResource, { id, region }: AwsAccount): boolean {
  const property = accountWideNames[type];
  if (property === undefined || taggedTypes[type] === true) return true;
  return String(inputs[property]).includes(accountRegionDigest(id, region));
}

export interface Deployment {
  stack: string;
  /** Absent: whatever it is. */
  baseName?: string;
  account: Pick<AwsAccount, 'id' | 'region'>;
}

/**
 * Whether a resource, as it was read back, is provably of this stack, account and region. What takes no tags is in
 * something that does, or has the account and region in its name. Deployments of earlier versions have the stack's tag
 * alone, which is proof only where the region's own API was asked.
 */
export function isOfDeployment({ type, outputs }: StateResource, deployment: Deployment): boolean {
  if (taggedTypes[type] !== true) return true;
  const tags: Readonly<Record<string, string>> = outputs?.tags ?? {};
  return tags[stackTag] === deployment.stack && isTagOfDeployment(tags, deployment, !isAccountWide(type));
}

/** By the tag that names base name, stack, account and region; `otherwise` for what earlier versions made, which lacks it. */
export function isTagOfDeployment(
  tags: Readonly<Record<string, string | undefined>>,
  { stack, baseName, account: { id, region } }: Deployment,
  otherwise: boolean,
): boolean {
  const deployment = tags[deploymentTag];
  if (deployment === undefined) return otherwise;
  return (
    deployment.endsWith(`/${stack}/${id}/${region}`) &&
    (baseName === undefined || deployment.startsWith(`${baseName}/`))
  );
}
