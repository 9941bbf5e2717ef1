import { CreateUserPoolCommand, DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { beforeEach, expect, it } from '@jest/globals';
import { forgetDeletedUserPools } from '../../cli/deploy/engine/deleted-user-pools.ts';
import type { EngineState } from '../../cli/deploy/engine/engine-state.ts';
import { runOperation } from '../../cli/deploy/engine/run-operation.ts';
import type { OpenStack } from '../../cli/deploy/stack.ts';
import type { Io } from '../../cli/io/events.ts';
import { accountId, type Clients, clientSettings, clientsFor, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';

await describeWithMoto('a pool or a role of the state', (moto) => {
  let cognito: Clients['cognito'];
  let id: string;
  beforeEach(async () => {
    await moto().reset();
    ({ cognito } = clientsFor(moto().url));
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'labdeploy-dev-people' }));
    id = UserPool!.Id!;
  });

  const api = { urn: 'api', type: 'aws:lambda/function:Function', id: 'labdeploy-dev-api', inputs: {} };
  const needing = (...dependencies: string[]) => ({
    ...{ ...api, dependencies },
    propertyDependencies: { environment: dependencies },
  });
  const people = () => [
    { urn: 'pool', type: 'aws:cognito/userPool:UserPool', id, inputs: { name: 'labdeploy-dev-people' } },
    { urn: 'page', type: 'aws:cognito/userPoolClient:UserPoolClient', id: 'c1', inputs: { userPoolId: id } },
  ];
  /** What the engine is given instead of its state; undefined where that is left. */
  async function forgotten(): Promise<unknown> {
    let imported: { deployment?: unknown } = {};
    const engine = {
      exportStack: async () => ({
        version: 3,
        deployment: { resources: [...people(), needing('role', 'page')], pending_operations: [] },
      }),
      importStack: async (state: { deployment: unknown }) => {
        imported = state;
      },
    };
    const account = { id: accountId, arn: '', region, partition: 'aws', client: clientSettings(moto().url) };
    await forgetDeletedUserPools({ engine, account } as unknown as OpenStack);
    return imported.deployment;
  }

  it('is forgotten with all in it where it is gone', async () => {
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: id }));
    expect(await forgotten()).toEqual({ resources: [needing('role')], pending_operations: [] });
  });

  it('is kept where it is there', async () => {
    expect(await forgotten()).toBeUndefined();
  });

  it('is forgotten by a removal where it is a role that one before, which was cut off, has removed', async () => {
    const { iam } = clientsFor(moto().url);
    const kept = 'labdeploy-dev-api';
    await iam.send(new CreateRoleCommand({ RoleName: kept, AssumeRolePolicyDocument: '{}' }));
    const inRole = (role: string) => [
      { urn: `${role} role`, type: 'aws:iam/role:Role', id: role, inputs: { name: role } },
      { urn: `${role} policy`, type: 'aws:iam/rolePolicy:RolePolicy', id: `${role}:access`, inputs: { role } },
    ];
    const gone = 'labdeploy-dev-zip';
    const zip = needing(`${gone} role`, 'role');
    let state: unknown = { resources: [...inRole(gone), ...inRole(kept), zip] };
    const engine = {
      info: async () => undefined,
      exportStack: async () => ({ version: 3, deployment: state }),
      importStack: async ({ deployment }: { deployment: unknown }) => {
        state = deployment;
      },
      destroy: async () => undefined,
    };
    const account = { id: accountId, arn: '', region, partition: 'aws', client: clientSettings(moto().url) };
    const io = { emit: () => {} } as unknown as Io;
    const { signal } = new AbortController();
    await runOperation({ engine, account, name: 'dev' } as unknown as OpenStack, 'destroy', io, { signal });
    const alone = { dependencies: [], propertyDependencies: {} };
    expect(state).toEqual({ resources: [...inRole(kept).map((each) => ({ ...each, ...alone })), needing('role')] });
  });

  it('does not take with it what a change that was cut off was making', async () => {
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: id }));
    const provider = { urn: 'provider', type: 'pulumi:providers:aws', id: 'p1', custom: true, outputs: {} };
    const service = { urn: 'service', type: 'labdeploy:service:Service', custom: false };
    const policy = {
      ...{ urn: 'policy', type: 'aws:iam/rolePolicy:RolePolicy', custom: true, parent: 'service' },
      ...{ provider: 'provider::p1', inputs: { role: 'labdeploy-dev-zip', name: 'access' } },
    };
    const recorded = people().map((each) => ({ ...each, custom: true, outputs: {} }));
    let state: EngineState = {
      resources: [provider, service, ...recorded],
      pending_operations: [{ type: 'creating', resource: policy }],
    };
    let removed: string[] = [];
    const engine = {
      info: async () => undefined,
      exportStack: async () => ({ version: 3, deployment: state }),
      importStack: async ({ deployment }: { deployment: EngineState }) => {
        state = { ...deployment, pending_operations: [] }; // as the engine does
      },
      refresh: async () => {
        state = { ...state, resources: state.resources!.map((each) => ({ outputs: {}, ...each })) };
      },
      destroy: async () => {
        removed = state.resources!.map(({ urn }) => urn);
      },
    };
    const account = { id: accountId, arn: '', region, partition: 'aws', client: clientSettings(moto().url) };
    const io = { emit: () => {} } as unknown as Io;
    const { signal } = new AbortController();
    await runOperation({ engine, account, name: 'dev' } as unknown as OpenStack, 'destroy', io, { signal });
    expect(removed).toEqual(['provider', 'service', 'policy']);
  });
});
