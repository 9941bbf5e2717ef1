import { AdminGetUserCommand, UserNotFoundException } from '@aws-sdk/client-cognito-identity-provider';
import { emailKey } from '../../identity/email-address.ts';
import type { People } from '../../ports/people.ts';
import { type CognitoPool, foundOf } from './cognito-pool.ts';

/** The people of a pool whose user names are e-mail addresses. */
export function cognitoPeople({ client, userPoolId: UserPoolId }: CognitoPool): People {
  return {
    async find(account) {
      try {
        const Username = emailKey(account) ?? account;
        const user = await client.send(new AdminGetUserCommand({ UserPoolId, Username }));
        const { id, email, state } = foundOf({ ...user, Attributes: user.UserAttributes }, []).account;
        return state === 'active' ? { id, email } : undefined;
      } catch (error) {
        if (error instanceof UserNotFoundException) return undefined;
        throw error;
      }
    },
  };
}
