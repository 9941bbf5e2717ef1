import { CreateUserPoolCommand, DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, expect, it } from '@jest/globals';
import { forgetGonePools } from '../../cli/deploy/gone-pools.ts';
import type { OpenStack } from '../../cli/deploy/stack.ts';
import { accountId, type Clients, clientSettings, clientsFor, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';

await describeWithMoto('a pool of the state', (moto) => {
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
    await forgetGonePools({ engine, account } as unknown as OpenStack);
    return imported.deployment;
  }

  it('is forgotten with all in it where it is gone', async () => {
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: id }));
    expect(await forgotten()).toEqual({ resources: [needing('role')], pending_operations: [] });
  });

  it('is kept where it is there', async () => {
    expect(await forgotten()).toBeUndefined();
  });
});
