import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import { removeBrokerSecrets, setBrokerSecrets } from '../../../cli/deploy/broker-secrets.ts';
import {
  assertFitCognito,
  institutionsWithSecrets,
  secretParameter,
  setInstitutions,
} from '../../../cli/deploy/institutions.ts';
import { explain } from '../../../cli/explain.ts';
import { brokerSecrets } from '../../../functions/stack/sign-in-broker.ts';
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

  it('fit however they sign in where the broker does it, but for their name', async () => {
    const redirectUris = ['https://lab.example/back'];
    await using globus = await openInstitution({ redirectUris, unnamedKey: true });
    const brokered = (issuer: string) => rowOf(issuer).map((row) => ({ ...row, broker: true }));
    expect(await assertFitCognito(brokered(globus.url), signal)).toBeUndefined();
    await expect(assertFitCognito(brokered(`${globus.url}/`), signal)).rejects.toMatchObject({
      code: 'institutionUnfit',
    });
    await using orcid = await openInstitution({ redirectUris, scopes: ['openid'] });
    expect(await assertFitCognito(brokered(orcid.url), signal)).toBeUndefined();
    globus.down = true;
    await expect(assertFitCognito(brokered(globus.url), signal)).rejects.toMatchObject({ code: 'institutionUnfit' });
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
      what: 'people cannot sign in with My Uni',
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
  const place = (cognito: AnsweringCognito) => ({
    ...{ account: accountOf(cognito), userPoolId: 'eu-central-1_1', url: 'https://lab.example' },
    brokerSecret: 'of the pool',
  });
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

  it('are given the broker with its own secret, where it signs in with them', async () => {
    const globus = signInWithSchema.parse([{ name: 'Globus', issuer: 'https://auth.globus.org', clientId: 'lab' }]);
    let ProviderDetails: Record<string, string> = { ...details, token_url: 'https://before.example/token' };
    await using cognito = await answeringCognito((operation, body) => {
      if (operation === 'UpdateIdentityProvider') ProviderDetails = body.ProviderDetails as Record<string, string>;
      return { IdentityProvider: { ProviderDetails } };
    });
    const wanted = [{ row: globus[0]!, secret: 'of Globus' }];
    expect(await setInstitutions(wanted, place(cognito))).toEqual(['Globus']);
    expect(await setInstitutions(wanted, place(cognito))).toEqual([]);
    expect(ProviderDetails).toEqual({
      oidc_issuer: 'https://lab.example/auth/with/globus',
      client_id: 'cognito',
      client_secret: 'of the pool',
      authorize_url: 'https://lab.example/auth/with/globus/authorize',
      token_url: 'https://lab.example/auth/with/globus/token',
      attributes_url: 'https://lab.example/auth/with/globus/userinfo',
      jwks_uri: 'https://lab.example/auth/with/globus/jwks',
      authorize_scopes: 'openid email profile',
      attributes_request_method: 'GET',
    });
  });
});

describe('the secrets of the broker', () => {
  const Name = '/labdeploy/broker/dev';
  const [globus, uni] = signInWithSchema.parse([
    { name: 'Globus', issuer: 'https://auth.globus.org', clientId: 'lab' },
    { name: 'Uni', issuer: 'https://login.uni.example', clientId: 'lab' },
  ]);
  /** SSM with this one parameter. */
  const parameterStore = (kept: { value?: string } = {}) =>
    answeringCognito((operation, body) => {
      if (operation === 'PutParameter') kept.value = String(body.Value);
      else if (kept.value === undefined) return { error: 'ParameterNotFound' };
      else if (operation === 'DeleteParameter') delete kept.value;
      return { Parameter: { Value: kept.value } };
    });
  const operations = ({ asked }: AnsweringCognito) => asked.map(([operation]) => operation);

  it('are made once, and follow those of the institutions', async () => {
    const kept: { value?: string } = {};
    await using ssm = await parameterStore(kept);
    const place = { stack: 'dev', account: accountOf(ssm) };
    const set = (secret: string) =>
      setBrokerSecrets(
        [
          { row: globus!, secret },
          { row: uni!, secret: 'of Uni' },
        ],
        place,
      );
    const clientSecret = await set('first');
    expect(clientSecret).toMatch(/^[\w-]{43}$/);
    const first = brokerSecrets.parse(JSON.parse(kept.value!));
    expect(first).toMatchObject({ clientSecret, institutions: { globus: 'first' } });
    expect(ssm.asked[1]).toEqual(['PutParameter', { Name, Value: kept.value, Type: 'SecureString', Overwrite: true }]);
    const key = createPrivateKey({ key: Buffer.from(first.key, 'base64'), format: 'der', type: 'pkcs8' });
    const { kty, n } = key.export({ format: 'jwk' });
    expect([kty, Buffer.from(n!, 'base64url').length]).toEqual(['RSA', 256]);

    expect(await set('first')).toBe(clientSecret); // nothing to change
    expect(await set('second')).toBe(clientSecret);
    expect(JSON.parse(kept.value!)).toEqual({ ...first, institutions: { globus: 'second' } });
    expect(operations(ssm)).toEqual(['GetParameter', 'PutParameter', 'GetParameter', 'GetParameter', 'PutParameter']);
  });

  it('fit into a parameter of SSM, ten institutions with secrets of 128 characters', async () => {
    const kept: { value?: string } = {};
    await using ssm = await parameterStore(kept);
    const ten = Array.from({ length: 10 }, (_, n) => ({
      row: { ...globus!, name: `${n}${'n'.repeat(31)}` },
      secret: 's'.repeat(128),
    }));
    await setBrokerSecrets(ten, { stack: 'dev', account: accountOf(ssm) });
    expect(kept.value!.length).toBeLessThanOrEqual(4096);
  });

  it('are made anew where what is kept cannot be read', async () => {
    for (const value of ['no JSON', '{"key":""}']) {
      const kept = { value };
      await using ssm = await parameterStore(kept);
      await setBrokerSecrets([{ row: globus!, secret: 's' }], { stack: 'dev', account: accountOf(ssm) });
      expect(brokerSecrets.parse(JSON.parse(kept.value)).institutions).toEqual({ globus: 's' });
    }
  });

  it('go where no institution needs the broker, and that they are not there is no failure', async () => {
    const kept = { value: 'of before' };
    await using ssm = await parameterStore(kept);
    const place = { stack: 'dev', account: accountOf(ssm) };
    for (const _ of [1, 2]) expect(await setBrokerSecrets([{ row: uni!, secret: 'of Uni' }], place)).toBeUndefined();
    expect(ssm.asked).toEqual([
      ['DeleteParameter', { Name }],
      ['DeleteParameter', { Name }],
    ]);
    expect(kept).toEqual({});
  });

  it('are not lost where SSM refuses', async () => {
    await using ssm = await answeringCognito(() => ({ error: 'AccessDeniedException' }));
    const place = { stack: 'dev', account: accountOf(ssm) };
    await expect(setBrokerSecrets([{ row: globus!, secret: 's' }], place)).rejects.toThrow('AccessDenied');
    await expect(removeBrokerSecrets(place)).rejects.toThrow('AccessDenied');
    expect(operations(ssm)).toEqual(['GetParameter', 'DeleteParameter']);
  });
});
