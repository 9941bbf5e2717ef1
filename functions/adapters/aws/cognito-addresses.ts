import { AdminGetUserCommand, UserNotFoundException } from '@aws-sdk/client-cognito-identity-provider';
import type { Addresses } from '../../ports/notifier.ts';
import { attributeOf, type CognitoPool, foundOf } from './cognito-pool.ts';

/** Where the people of a pool are reached: at addresses that Cognito has verified. */
export function cognitoAddresses({ client, userPoolId: UserPoolId }: CognitoPool): Addresses {
  return {
    async find(owner) {
      try {
        const user = await client.send(new AdminGetUserCommand({ UserPoolId, Username: owner }));
        const { account } = foundOf({ ...user, Attributes: user.UserAttributes }, []);
        const verified = attributeOf(user.UserAttributes, 'email_verified') === 'true';
        return verified && account.state === 'active' && account.email !== '' ? account.email : undefined;
      } catch (error) {
        if (error instanceof UserNotFoundException) return undefined;
        throw error;
      }
    },
  };
}
