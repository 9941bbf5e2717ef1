import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from '@jest/globals';
import { addFederated, federatedPeople } from '../../../functions/adapters/aws/federated-people.ts';
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

describe('a person whom an administrator adds with an identity', () => {
  const orcid = { provider: 'ORCID', subject: '7a1' };
  const add = async (answer: Record<string, unknown>, address = ' Ada@Uni.example') => {
    await using cognito = await answeringCognito((operation) => (operation === 'AdminGetUser' ? answer : {}));
    const client = new CognitoIdentityProviderClient(cognito.client);
    const giveRights = async (to: string) => void cognito.asked.push([`rights of ${to}`, {}]);
    const people = federatedPeople({ client, userPoolId });
    const outcome = await addFederated(address, orcid, { people, giveRights }).catch(
      (error: { code: string }) => error.code,
    );
    return [outcome, cognito.asked.map(([operation]) => operation)];
  };

  it.each<[string, Record<string, unknown>, string | undefined, string[]]>([
    [
      'gets a new account',
      { error: 'UserNotFoundException' },
      undefined,
      ['AdminGetUser', 'AdminCreateUser', `rights of ${email}`, 'AdminLinkProviderForUser'],
    ],
    [
      'gets that of an open invitation',
      { Username: 'a', UserStatus: 'FORCE_CHANGE_PASSWORD', Enabled: true },
      undefined,
      ['AdminGetUser', `rights of ${email}`, 'AdminLinkProviderForUser'],
    ],
    [
      'gets no account that somebody uses',
      { Username: 'a', UserStatus: 'CONFIRMED' },
      'accountExists',
      ['AdminGetUser'],
    ],
  ])('%s', async (_what, answer, outcome, asked) => {
    expect(await add(answer)).toEqual([outcome, asked]);
  });

  it('needs an address', async () => {
    expect(await add({}, 'ada')).toEqual(['accountInvalid', []]);
  });
});
