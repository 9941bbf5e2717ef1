import { describe, expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import {
  assertFitCognito,
  institutionsWithSecrets,
  secretParameter,
  setInstitutions,
} from '../../../cli/deploy/institutions.ts';
import { explain } from '../../../cli/explain.ts';
import { signInWithSchema } from '../../../functions/stack/sign-in-with.ts';
import { type AnsweringCognito, answeringCognito } from '../../support/answering-cognito.ts';
import { type InstitutionOptions, openInstitution } from '../../support/institution.ts';

const rowOf = (issuer: string) => signInWithSchema.parse([{ name: 'My Uni', issuer, clientId: 'lab' }]);
const rows = rowOf('https://login.uni.example');
const accountOf = ({ client }: AnsweringCognito) => ({ client }) as unknown as AwsAccount;

describe('institutions before a deployment', () => {
  const { signal } = new AbortController();
  const whyUnfit = async (options: Partial<InstitutionOptions>, change = (url: string) => url) => {
    await using uni = await openInstitution({ redirectUris: ['https://lab.example/back'], ...options });
    return await assertFitCognito(rowOf(change(uni.url)), signal).then(() => 'fits', explain);
  };

  it('fit that take the secret in the body, name their keys and give an address', async () => {
    expect(await whyUnfit({ authentication: 'client_secret_post' })).toBe('fits');
  });

  it.each<[string, Partial<InstitutionOptions>, ((url: string) => string) | undefined, string]>([
    [
      'take it in a header only, as Globus',
      {},
      undefined,
      'by client_secret_basic; Cognito sends it by client_secret_post',
    ],
    [
      'have keys without name, as Globus',
      { authentication: 'client_secret_post', unnamedKey: true },
      undefined,
      'its keys have no kid',
    ],
    [
      'give no address, as ORCID',
      { authentication: 'client_secret_post', scopes: ['openid'] },
      undefined,
      'it gives no e-mail address',
    ],
    ['have no description there', {}, (url) => `${url}/elsewhere`, 'it answers 404'],
    [
      'spell themselves otherwise',
      { authentication: 'client_secret_post' },
      (url) => `${url}/`,
      'it calls itself http://127.0.0.1',
    ],
  ])('do not fit that %s', async (_what, options, change, why) => {
    expect(await whyUnfit(options, change)).toMatchObject({
      code: 'institutionUnfit',
      what: 'Cognito cannot sign in with My Uni',
      why: expect.stringContaining(why),
    });
  });

  it('are not asked for more where they cannot be reached', async () => {
    const unreachable = assertFitCognito(rowOf('http://127.0.0.1:1'), signal);
    await expect(unreachable).rejects.toMatchObject({ code: 'institutionUnfit' });
  });

  it('have their secrets from the environment, else from SSM', async () => {
    await using ssm = await answeringCognito(() => ({ Parameter: { Value: 'of SSM' } }));
    const stack = { stack: 'dev', account: accountOf(ssm) };
    const env = { LABDEPLOY_SIGN_IN_SECRET_MY_UNI: 'of the environment' };
    expect(await institutionsWithSecrets(rows, stack, { env })).toEqual([
      { row: rows[0], secret: 'of the environment' },
    ]);
    expect(ssm.asked).toEqual([]);
    expect(await institutionsWithSecrets(rows, stack, { env: {} })).toEqual([{ row: rows[0], secret: 'of SSM' }]);
    expect(ssm.asked).toEqual([['GetParameter', { Name: secretParameter('dev', rows[0]!), WithDecryption: true }]]);
  });

  it('stop the deployment where a secret is missing', async () => {
    await using ssm = await answeringCognito(() => ({ error: 'ParameterNotFound' }));
    const missing = institutionsWithSecrets(rows, { stack: 'dev', account: accountOf(ssm) }, { env: {} });
    expect(await missing.catch(explain)).toMatchObject({
      code: 'institutionSecretMissing',
      why: `neither LABDEPLOY_SIGN_IN_SECRET_MY_UNI nor the parameter ${secretParameter('dev', rows[0]!)} of SSM has it`,
    });
  });
});

describe('institutions after a deployment', () => {
  const place = (cognito: AnsweringCognito) => ({ account: accountOf(cognito), userPoolId: 'eu-central-1_1' });
  const details = {
    oidc_issuer: 'https://login.uni.example',
    client_id: 'lab',
    client_secret: 'labdeploy up sets it',
    authorize_scopes: 'openid email profile',
    attributes_request_method: 'GET',
    token_url: 'https://login.uni.example/token', // found by Cognito
  };

  it('get their secret, once', async () => {
    let ProviderDetails: Record<string, string> = details;
    await using cognito = await answeringCognito((operation, body) => {
      if (operation === 'UpdateIdentityProvider') ProviderDetails = body.ProviderDetails as Record<string, string>;
      return { IdentityProvider: { ProviderDetails } };
    });
    const wanted = [{ row: rows[0]!, secret: 's' }];
    expect(await setInstitutions(wanted, place(cognito))).toEqual(['My Uni']);
    expect(await setInstitutions(wanted, place(cognito))).toEqual([]);
    const provider = { UserPoolId: 'eu-central-1_1', ProviderName: 'My-Uni' };
    const { token_url: _found, ...given } = details;
    expect(cognito.asked).toEqual([
      ['DescribeIdentityProvider', provider],
      ['UpdateIdentityProvider', { ...provider, ProviderDetails: { ...given, client_secret: 's' } }],
      ['DescribeIdentityProvider', provider],
    ]);
  });
});
