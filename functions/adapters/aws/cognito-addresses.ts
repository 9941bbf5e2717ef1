import { type CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { Addresses } from '../../ports/notifier.ts';

/** As Cognito makes them; nothing else is put into a filter. */
const subForm = /^[\w-]{1,128}$/;

/** Addresses of the people in a Cognito pool, by the `sub` of their tokens. */
export const cognitoAddresses = ({
  client,
  userPoolId,
}: {
  client: CognitoIdentityProviderClient;
  userPoolId: string;
}): Addresses => ({
  async find(owner) {
    if (!subForm.test(owner)) return undefined;
    const { Users = [] } = await client.send(
      new ListUsersCommand({ UserPoolId: userPoolId, Filter: `sub = "${owner}"`, Limit: 1 }),
    );
    const [user] = Users;
    // Who has not confirmed an address may have written somebody else's.
    if (user?.Enabled !== true || user.UserStatus === 'UNCONFIRMED') return undefined;
    return user.Attributes?.find(({ Name }) => Name === 'email')?.Value;
  },
});
