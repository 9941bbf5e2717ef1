import {
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientConfig,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { cognitoAccounts } from '../adapters/aws/cognito-accounts.ts';
import { addFederated, federatedPeople } from '../adapters/aws/federated-people.ts';
import type { FederatedIdentity } from '../ports/federated-people.ts';
import type { Accounts } from '../ports/identity.ts';

/** A user pool, and how to reach it. */
export interface UserPool {
  client: CognitoIdentityProviderClientConfig;
  userPoolId: string;
}

/** The accounts of a stack. */
export const openStackAccounts = ({ client, userPoolId }: UserPool): Accounts =>
  cognitoAccounts({ client: new CognitoIdentityProviderClient(client), userPoolId });

/** Lets somebody sign in with an institution, as the account of an address that nobody has used. Nobody is mailed. */
export const addWithIdentity = (
  { client, userPoolId }: UserPool,
  email: string,
  identity: FederatedIdentity,
  giveRights: (address: string) => Promise<void>,
): Promise<void> => {
  const people = federatedPeople({ client: new CognitoIdentityProviderClient(client), userPoolId });
  return addFederated(email, identity, { people, giveRights });
};

/** Invites an administrator to a pool that has no user yet; Cognito mails a first password. True when it did. */
export async function inviteFirstAdmin({ client: config, userPoolId }: UserPool, email: string): Promise<boolean> {
  const client = new CognitoIdentityProviderClient(config);
  const { Users = [] } = await client.send(new ListUsersCommand({ UserPoolId: userPoolId, Limit: 1 }));
  if (Users.length > 0) return false;
  await cognitoAccounts({ client, userPoolId }).invite({ email, admin: true });
  return true;
}
