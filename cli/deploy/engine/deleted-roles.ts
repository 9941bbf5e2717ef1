import { GetRoleCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { AwsAccount } from '../account.ts';
import type { OpenStack } from '../stack.ts';
import { changeState, type StateResource, withoutResources } from './engine-state.ts';

/**
 * Takes roles that are gone, and what was in them, from the engine's state. The deployer may remove a role that has the
 * boundary: of one that a removal which was cut off has removed already, IAM tells it no more than that it may not.
 */
export async function forgetDeletedRoles({ engine, account }: Pick<OpenStack, 'engine' | 'account'>): Promise<void> {
  await changeState(engine, async (state) => {
    const forgotten = await inDeletedRoles(state.resources ?? [], account);
    return forgotten.size === 0 ? undefined : withoutResources(state, forgotten);
  });
}

/** URNs of roles that are gone, and of what was in them. */
async function inDeletedRoles(resources: readonly StateResource[], account: AwsAccount): Promise<ReadonlySet<string>> {
  const roles = resources.filter(({ type, id }) => type === 'aws:iam/role:Role' && id);
  const client = new IAMClient(account.client);
  const gone = new Set<string>();
  await Promise.all(roles.map(async ({ id }) => (await isThere(id!, client)) || gone.add(id!)));
  const isGone = ({ type, id = '', inputs }: StateResource) =>
    type.startsWith('aws:iam/') && (gone.has(id) || gone.has(inputs?.role));
  return new Set(gone.size === 0 ? [] : resources.filter(isGone).map(({ urn }) => urn));
}

async function isThere(RoleName: string, client: IAMClient): Promise<boolean> {
  try {
    await client.send(new GetRoleCommand({ RoleName }));
    return true;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return false;
    throw error;
  }
}
