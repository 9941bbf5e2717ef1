import { CognitoIdentityProviderClient, paginateListUserPools } from '@aws-sdk/client-cognito-identity-provider';
import type { OpenStack } from './stack.ts';

interface EngineState {
  resources?: StateResource[];
}

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: { userPoolId?: string };
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

/**
 * Takes pools that are gone, and what was in them, from the engine's state. The deployer may touch a pool that has a
 * stack's tag: of one that somebody or a removal that was cut off has removed, IAM tells it no more than that it may not.
 */
export async function forgetGonePools({ engine, account }: Pick<OpenStack, 'engine' | 'account'>): Promise<void> {
  const exported = await engine.exportStack();
  const state = exported.deployment as EngineState | undefined;
  const pools = state?.resources?.filter(({ type, id }) => type === 'aws:cognito/userPool:UserPool' && id) ?? [];
  if (pools.length === 0) return;
  const there = new Set<string>();
  const client = new CognitoIdentityProviderClient(account.client);
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 }))
    for (const { Id } of UserPools) there.add(Id!);
  const gone = new Set(pools.flatMap(({ id }) => (there.has(id!) ? [] : [id])));
  if (gone.size === 0) return;
  const isGone = ({ type, id, inputs }: StateResource) =>
    type.startsWith('aws:cognito/') && (gone.has(id) || gone.has(inputs?.userPoolId));
  const forgotten = new Set(state!.resources!.filter(isGone).map(({ urn }) => urn));
  const known = (urns: string[] = []) => urns.filter((urn) => !forgotten.has(urn));
  const resources = state!
    .resources!.filter(({ urn }) => !forgotten.has(urn))
    .map((resource) => ({
      ...resource,
      dependencies: known(resource.dependencies),
      propertyDependencies: mapValues(resource.propertyDependencies ?? {}, known),
    }));
  await engine.importStack({ ...exported, deployment: { ...state, resources } });
}

const mapValues = <T>(values: Record<string, T>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
