import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from '@jest/globals';
import { federatedPeople } from '../../../functions/adapters/aws/federated-people.ts';
import { answeringCognito } from '../../support/answering-cognito.ts';

const userPoolId = 'eu-central-1_1';
const email = 'ada@uni.example';

describe('people of institutions in a Cognito pool', () => {
  const user = (UserStatus: string, more: Record<string, unknown> = {}, attributes: object[] = []) => ({
    Username: '7a1',
    UserStatus,
    Enabled: true,
    UserAttributes: [{ Name: 'email', Value: email }, ...attributes],
    ...more,
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['nobody', { error: 'UserNotFoundException' }, 'free'],
    ['who was invited', user('FORCE_CHANGE_PASSWORD'), 'invited'],
    ['who was invited and disabled', user('FORCE_CHANGE_PASSWORD', { Enabled: false }), 'taken'],
    [
      'who came with another institution',
      user('FORCE_CHANGE_PASSWORD', {}, [{ Name: 'identities', Value: '[]' }]),
      'taken',
    ],
    ['who has a password', user('CONFIRMED'), 'taken'],
    ['who did not confirm', user('UNCONFIRMED'), 'taken'],
  ])('knows whose an address is: %s', async (_who, answer, state) => {
    await using cognito = await answeringCognito(() => answer);
    const client = new CognitoIdentityProviderClient(cognito.client);
    expect(await federatedPeople({ client, userPoolId }).stateOf(email)).toBe(state);
    expect(cognito.asked).toEqual([['AdminGetUser', { UserPoolId: userPoolId, Username: email }]]);
  });

  it('does not take a failure for a free address', async () => {
    await using cognito = await answeringCognito(() => ({ error: 'NotAuthorizedException' }));
    const client = new CognitoIdentityProviderClient(cognito.client);
    await expect(federatedPeople({ client, userPoolId }).stateOf(email)).rejects.toThrow('NotAuthorized');
  });

  it('makes accounts without a mail, and links them to the subject', async () => {
    await using cognito = await answeringCognito(() => ({}));
    const people = federatedPeople({ client: new CognitoIdentityProviderClient(cognito.client), userPoolId });
    await people.make(email, 'Ada');
    await people.link(email, { provider: 'Uni', subject: 'b_7' });
    expect(cognito.asked).toEqual([
      [
        'AdminCreateUser',
        {
          UserPoolId: userPoolId,
          Username: email,
          MessageAction: 'SUPPRESS',
          UserAttributes: [
            { Name: 'email', Value: email },
            { Name: 'email_verified', Value: 'true' },
            { Name: 'name', Value: 'Ada' },
          ],
        },
      ],
      [
        'AdminLinkProviderForUser',
        {
          UserPoolId: userPoolId,
          DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: email },
          SourceUser: {
            ProviderName: 'Uni',
            ProviderAttributeName: 'Cognito_Subject',
            ProviderAttributeValue: 'b_7',
          },
        },
      ],
    ]);
  });
});
