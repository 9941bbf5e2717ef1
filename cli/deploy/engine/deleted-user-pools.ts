import { CognitoIdentityProviderClient, paginateListUserPools } from '@aws-sdk/client-cognito-identity-provider';
import type { AwsAccount } from '../account.ts';
import type { OpenStack } from '../stack.ts';
import { changeState, type StateResource, withoutResources } from './engine-state.ts';

/**
 * Takes pools that are gone, and what was in them, from the engine's state. The deployer may touch a pool that has a
 * stack's tag: of one that was removed, by hand or by a removal that was cut off, IAM tells it no more than that it may not.
 */
export async function forgetDeletedUserPools({
  engine,
  account,
}: Pick<OpenStack, 'engine' | 'account'>): Promise<void> {
  await changeState(engine, async (state) => {
    const forgotten = await inDeletedUserPools(state.resources ?? [], account);
    return forgotten.size === 0 ? undefined : withoutResources(state, forgotten);
  });
}

/** URNs of pools that are gone, and of what was in them. */
export async function inDeletedUserPools(
  resources: readonly StateResource[],
  account: AwsAccount,
): Promise<ReadonlySet<string>> {
  const pools = resources.filter(({ type, id }) => type === 'aws:cognito/userPool:UserPool' && id);
  if (pools.length === 0) return new Set();
  const there = await poolsOf(account);
  const gone = new Set(pools.flatMap(({ id }) => (there.has(id!) ? [] : [id])));
  const isGone = ({ type, id, inputs }: StateResource) =>
    type.startsWith('aws:cognito/') && (gone.has(id) || gone.has(inputs?.userPoolId));
  return new Set(gone.size === 0 ? [] : resources.filter(isGone).map(({ urn }) => urn));
}

async function poolsOf(account: AwsAccount): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  const client = new CognitoIdentityProviderClient(account.client);
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 }))
    for (const { Id } of UserPools) there.add(Id!);
  return there;
}
