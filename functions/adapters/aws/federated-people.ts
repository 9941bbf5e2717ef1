import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminLinkProviderForUserCommand,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { Failure } from '../../core/errors.ts';
import { emailKey } from '../../identity/email-address.ts';
import type { FederatedIdentity, FederatedPeople } from '../../ports/federated-people.ts';
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

/**
 * Lets somebody come with an institution, as an administrator says who they are there: as the account of an address, a new
 * one or one that was invited. `giveRights` comes before the link: an account that is linked is one that somebody uses, so
 * that a call which was cut off can be repeated. Throws `accountExists` where somebody has used it, `accountInvalid` for what
 * is no address.
 */
export async function addFederated(
  email: string,
  identity: FederatedIdentity,
  { people, giveRights }: { people: FederatedPeople; giveRights(address: string): Promise<void> },
): Promise<void> {
  const address = emailKey(email);
  if (address === undefined) throw new Failure('accountInvalid', { detail: `'${email}' is not an e-mail address` });
  const state = await people.stateOf(address);
  if (state === 'taken') throw new Failure('accountExists', { email: address });
  if (state === 'free') await people.make(address, undefined);
  await giveRights(address);
  await people.link(address, identity);
}
