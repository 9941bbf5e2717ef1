import { CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, expect, it } from '@jest/globals';
import { settlePending } from '../../cli/deploy/pending.ts';
import type { OpenStack } from '../../cli/deploy/stack.ts';
import type { Io } from '../../cli/io/events.ts';
import { accountId, clientSettings, clientsFor, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';

const inputs = { name: 'labdeploy-dev-people' };
const pool = { urn: 'urn:pulumi:dev::labdeploy::pool', type: 'aws:cognito/userPool:UserPool', custom: true, id: 'p1' };
const known = { ...pool, inputs, outputs: {} };

await describeWithMoto('a removal of a pool that was cut off', (moto) => {
  beforeEach(() => moto().reset());

  /** What the engine is given to go on with. Of the engine only its state is there. */
  async function settled(): Promise<unknown> {
    const deployment = {
      resources: [known],
      pending_operations: [{ type: 'deleting', resource: { ...pool, inputs } }],
    };
    let imported: { deployment?: unknown } = {};
    const engine = {
      exportStack: async () => ({ version: 3, deployment }),
      importStack: async (state: { deployment: unknown }) => {
        imported = state;
      },
      info: async () => undefined,
    };
    const account = { id: accountId, arn: '', region, partition: 'aws', client: clientSettings(moto().url) };
    await settlePending({ engine, account, name: 'dev' } as unknown as OpenStack, [], {} as Io);
    return imported.deployment;
  }

  it('is over where the pool is gone', async () => {
    expect(await settled()).toEqual({ resources: [], pending_operations: [] });
  });

  it('is done again where the pool is there', async () => {
    await clientsFor(moto().url).cognito.send(new CreateUserPoolCommand({ PoolName: inputs.name }));
    expect(await settled()).toEqual({ resources: [known], pending_operations: [] });
  });
});
