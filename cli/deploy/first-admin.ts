import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoAccounts } from '../../functions/adapters/aws/cognito-accounts.ts';
import type { ServiceOutputs } from './outputs.ts';
import type { OpenStack } from './stack.ts';

/** Invites the first administrator of a pool that has nobody yet; Cognito mails a first password. Returns the address. */
export async function inviteFirstAdmin(
  { account }: OpenStack,
  { userPoolId }: ServiceOutputs,
  email: string | undefined,
): Promise<string | undefined> {
  if (email === undefined) return undefined;
  const client = new CognitoIdentityProviderClient(account.client);
  const { Users = [] } = await client.send(new ListUsersCommand({ UserPoolId: userPoolId, Limit: 1 }));
  if (Users.length > 0) return undefined;
  await cognitoAccounts({ client, userPoolId }).invite({ email, admin: true });
  return email;
}
