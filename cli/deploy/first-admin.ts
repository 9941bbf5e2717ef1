import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { adminGroup } from '../../functions/identity/groups.ts';
import type { ServiceOutputs } from './outputs.ts';
import type { OpenStack } from './stack.ts';

/** Invites the first administrator of a pool that has nobody yet; Cognito mails a first password. Returns the address. */
export async function inviteFirstAdmin(
  { account }: OpenStack,
  { userPoolId }: ServiceOutputs,
  email: string | undefined,
): Promise<string | undefined> {
  if (email === undefined) return undefined;
  const cognito = new CognitoIdentityProviderClient(account.client);
  const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId: userPoolId, Limit: 1 }));
  if (Users.length > 0) return undefined;
  const user = { UserPoolId: userPoolId, Username: email };
  await cognito.send(
    new AdminCreateUserCommand({
      ...user,
      DesiredDeliveryMediums: ['EMAIL'],
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  );
  await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: adminGroup }));
  return email;
}
