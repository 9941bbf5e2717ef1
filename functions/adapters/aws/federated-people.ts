import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminLinkProviderForUserCommand,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { FederatedPeople } from '../../ports/federated-people.ts';
import { attributeOf, type CognitoPool, neverCame } from './cognito-pool.ts';

/** Accounts of a pool whose user names are e-mail addresses. Whoever has an identity linked has come, though never with a password. */
export function federatedPeople({ client, userPoolId: UserPoolId }: CognitoPool): FederatedPeople {
  return {
    async stateOf(email) {
      try {
        const user = await client.send(new AdminGetUserCommand({ UserPoolId, Username: email }));
        const linked = attributeOf(user.UserAttributes, 'identities') !== undefined;
        return user.UserStatus === neverCame && user.Enabled !== false && !linked ? 'invited' : 'taken';
      } catch (error) {
        if (error instanceof UserNotFoundException) return 'free';
        throw error;
      }
    },
    async make(email, name) {
      await client.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: email,
          MessageAction: 'SUPPRESS',
          UserAttributes: [
            { Name: 'email', Value: email },
            { Name: 'email_verified', Value: 'true' },
            ...(name === undefined ? [] : [{ Name: 'name', Value: name }]),
          ],
        }),
      );
    },
    async link(email, { provider, subject }) {
      await client.send(
        new AdminLinkProviderForUserCommand({
          UserPoolId,
          DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: email },
          SourceUser: {
            ProviderName: provider,
            ProviderAttributeName: 'Cognito_Subject',
            ProviderAttributeValue: subject,
          },
        }),
      );
    },
  };
}
