import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { cognitoAccounts } from '../../../functions/adapters/aws/cognito-accounts.ts';
import { archivingPlans, type Plans } from '../../../functions/core/plans.ts';
import type { Accounts } from '../../../functions/ports/identity.ts';
import { membersVariable } from '../../../functions/stack/resource-variables.ts';
import { clientsFor } from './clients.ts';

const plans: Plans = { ...archivingPlans, free: { ...archivingPlans.free, archiveAfterSeconds: 0 } };

export interface PoolPeople {
  accounts: Accounts;
  /** What tells a function where people are, and which plan archives: `free`, at once. */
  variables: Record<string, string>;
  /** A person who has signed in once; returns their `sub`. */
  join(email: string): Promise<string>;
}

/** A user pool in moto with nobody in it. */
export async function poolPeople(url: string): Promise<PoolPeople> {
  const client: CognitoIdentityProviderClient = clientsFor(url).cognito;
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({ PoolName: 'people', UsernameAttributes: ['email'] }),
  );
  const userPoolId = UserPool!.Id!;
  const accounts = cognitoAccounts({ client, userPoolId });
  return {
    accounts,
    variables: { [membersVariable]: JSON.stringify({ userPoolId, plans }) },
    async join(email) {
      const user = { UserPoolId: userPoolId, Username: email };
      await client.send(new AdminCreateUserCommand(user));
      await client.send(
        new AdminSetUserPasswordCommand({ ...user, Password: 'Seven grey mice in 1 row!', Permanent: true }),
      );
      return (await accounts.find(email)).id;
    },
  };
}
