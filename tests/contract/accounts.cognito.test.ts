import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminSetUserPasswordCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { expect, it } from '@jest/globals';
import { cognitoAccounts } from '../../functions/adapters/aws/cognito-accounts.ts';
import { cognitoAddresses } from '../../functions/adapters/aws/cognito-addresses.ts';
import { cognitoPeople } from '../../functions/adapters/aws/cognito-people.ts';
import { clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { accountsContract } from './accounts.ts';

const password = 'Seven grey mice in 1 row!';

await describeWithMoto('people of a Cognito pool', (moto) => {
  /** As infra makes it: names are addresses. */
  const open = async () => {
    const client = clientsFor(moto().url).cognito;
    const { UserPool } = await client.send(
      new CreateUserPoolCommand({
        PoolName: 'people',
        UsernameAttributes: ['email'],
        UsernameConfiguration: { CaseSensitive: false },
        AutoVerifiedAttributes: ['email'],
      }),
    );
    const UserPoolId = UserPool!.Id!;
    return {
      client,
      UserPoolId,
      accounts: cognitoAccounts({ client, userPoolId: UserPoolId }),
      people: cognitoPeople({ client, userPoolId: UserPoolId }),
      addresses: cognitoAddresses({ client, userPoolId: UserPoolId }),
      async join(email: string) {
        const user = { UserPoolId, Username: email };
        const UserAttributes = [{ Name: 'email_verified', Value: 'true' }];
        await client.send(new AdminCreateUserCommand({ ...user, UserAttributes }));
        await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
        await sleep(5); // so that no two are made in the same millisecond
      },
      async [Symbol.asyncDispose]() {
        await client.send(new DeleteUserPoolCommand({ UserPoolId }));
      },
    };
  };
  accountsContract('Cognito', open);

  it('have the groups that the service reads from tokens', async () => {
    await using world = await open();
    const { accounts, client, UserPoolId } = world;
    const groups = async () => {
      const user = { UserPoolId, Username: 'eve@example.org' };
      const { Groups } = await client.send(new AdminListGroupsForUserCommand(user));
      return Groups!.map(({ GroupName }) => GroupName).sort();
    };
    await accounts.invite({ email: 'Eve@example.org', admin: true, plan: 'large' });
    expect(await groups()).toEqual(['labdeploy-admin', 'plan-large']);
    await accounts.invite({ email: 'eve@example.org', plan: 'small' }); // nobody came yet: as the last invitation says
    expect(await groups()).toEqual(['plan-small']);
    const user = await client.send(new AdminGetUserCommand({ UserPoolId, Username: 'eve@example.org' }));
    expect(user).toMatchObject({
      UserStatus: 'FORCE_CHANGE_PASSWORD',
      UserAttributes: expect.arrayContaining([{ Name: 'email_verified', Value: 'true' }]),
    });
  });

  it('are invited by mail, so an invitation needs an address', async () => {
    await using world = await open();
    await expect(world.accounts.invite({})).rejects.toMatchObject({ code: 'accountInvalid' });
  });

  it('who signed up and did not confirm their address wait until they are let in', async () => {
    await using world = await open();
    const { accounts, addresses, client, UserPoolId } = world;
    const made = await client.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'page' }));
    const ClientId = made.UserPoolClient!.ClientId!;
    await client.send(new SignUpCommand({ ClientId, Username: 'eve@example.org', Password: password }));
    const eve = await accounts.find('eve@example.org');
    expect(eve.state).toBe('waiting');
    expect(await addresses.find(eve.id)).toBeUndefined();
    await accounts.enable(eve.id);
    expect(await accounts.find(eve.id)).toMatchObject({ state: 'active' });
  });

  it('are reached at their address while they may sign in', async () => {
    await using world = await open();
    const { accounts, addresses } = world;
    await world.join('ada@example.org');
    const { id } = await accounts.find('ada@example.org');
    expect(await addresses.find(id)).toBe('ada@example.org');
    expect(await addresses.find('none')).toBeUndefined();
    await accounts.disable(id);
    expect(await addresses.find(id)).toBeUndefined();
    await accounts.remove(id);
    expect(await addresses.find(id)).toBeUndefined();
  });
});
