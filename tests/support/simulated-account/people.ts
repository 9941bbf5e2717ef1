import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Clients } from './clients.ts';

const password = 'a-long-enough-Passphrase-1';

/** Makes an account as an administrator would, and signs in: an access token, as the page gets it. Lasts an hour. */
export async function signIn(
  { cognito }: Clients,
  { userPoolId, clientId, email, group }: { userPoolId: string; clientId: string; email: string; group?: string },
): Promise<string> {
  const person = { UserPoolId: userPoolId, Username: email };
  await cognito.send(
    new AdminCreateUserCommand({
      ...person,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  );
  await cognito.send(new AdminSetUserPasswordCommand({ ...person, Password: password, Permanent: true }));
  if (group !== undefined) await cognito.send(new AdminAddUserToGroupCommand({ ...person, GroupName: group }));
  const { AuthenticationResult } = await cognito.send(
    new AdminInitiateAuthCommand({
      UserPoolId: userPoolId,
      ClientId: clientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
  return AuthenticationResult!.AccessToken!;
}
