import {
  DescribeIdentityProviderCommand,
  DescribeUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import { removeBrokerSecrets, setBrokerSecrets } from '../../../cli/deploy/broker-secrets.ts';
import { setInstitutions } from '../../../cli/deploy/institutions.ts';
import { brokerIssuer } from '../../../functions/stack/sign-in-broker.ts';
import { type SignInWith, signInWithSchema } from '../../../functions/stack/sign-in-with.ts';
import { Browser } from '../../support/browser.ts';
import type { HttpsFront } from '../../support/https-front.ts';
import { type Institution, openInstitution } from '../../support/institution.ts';
import { playedPool } from '../../support/played-pool.ts';
import { decide } from '../../support/simulated-account/authoriser/decide.ts';
import { accountId, clientSettings, region } from '../../support/simulated-account/clients.ts';
import { roleOf } from '../../support/simulated-account/role-of.ts';
import type { SimulatedService } from '../../support/simulated-account/service.ts';

const minutes = 60_000;
const uni = { name: 'My Uni', issuer: 'https://login.uni.example', clientId: 'lab', allowedDomains: ['uni.example'] };
/** Signs in as Globus does, which Cognito cannot take. */
const globusAt = (issuer: string) => ({
  ...{ name: 'Globus', issuer, clientId: 'the-lab' },
  ...{ addressClaim: 'preferred_username', allowedDomains: ['uni.example'] },
});

export const institutionConfig = (globus: string) => ({ signInWith: JSON.stringify([uni, globusAt(globus)]) });

/** Of a deployment with `institutionConfig`. `front`: what speaks https before the institution `Globus`. */
export function institutions(service: () => SimulatedService, front: () => HttpsFront): void {
  const account = () => ({ client: clientSettings(service().moto.url) }) as unknown as AwsAccount;
  const detailsOf = async (ProviderName: string) => {
    const { clients, outputs } = service();
    const provider = { UserPoolId: outputs.userPoolId, ProviderName };
    const { IdentityProvider } = await clients.cognito.send(new DescribeIdentityProviderCommand(provider));
    return IdentityProvider!.ProviderDetails!;
  };
  const rows = () => signInWithSchema.parse([uni, globusAt(front().url)]) as [SignInWith, SignInWith];
  const placeOf = (brokerSecret?: string) => {
    const { userPoolId, url } = service().outputs;
    return { account: account(), userPoolId, url, brokerSecret };
  };

  describe('an institution to sign in with', () => {
    it('is a provider of the pool that its clients offer', async () => {
      const { clients, outputs } = service();
      expect(await detailsOf('My-Uni')).toMatchObject({ oidc_issuer: uni.issuer, client_id: 'lab' });
      for (const ClientId of Object.values(outputs.clientIds)) {
        const asked = new DescribeUserPoolClientCommand({ UserPoolId: outputs.userPoolId, ClientId });
        const { UserPoolClient } = await clients.cognito.send(asked);
        expect(UserPoolClient!.SupportedIdentityProviders!.toSorted()).toEqual(['COGNITO', 'Globus', 'My-Uni']);
      }
    });

    it(
      'gets its secret beside the engine, which does not take it away',
      async () => {
        const { stack } = service();
        const secret = 'a secret of the institution';
        const wanted = [{ row: rows()[0], secret }];
        expect(await setInstitutions(wanted, placeOf())).toEqual(['My Uni']);
        const { changes } = await stack.run('preview');
        const ofProvider = changes.filter(({ type }) => type === 'aws:cognito/identityProvider:IdentityProvider');
        expect(ofProvider.map(({ operation }) => operation)).toEqual(['same', 'same']);
        expect((await detailsOf('My-Uni')).client_secret).toBe(secret);
      },
      8 * minutes,
    );
  });

  describe('an institution that Cognito cannot sign in with', () => {
    let globus: Institution;
    let issuer: string;
    let clientSecret: string;
    beforeAll(async () => {
      issuer = brokerIssuer(service().outputs.url, { name: 'Globus' });
      globus = await openInstitution({
        ...{ issuer: front().url, redirectUris: [`${issuer}/back`], unnamedKey: true },
      });
      globus.person = { sub: '7A1', name: 'Ada', preferred_username: 'ada@uni.example' };
      front().serve(globus.url);
    });
    afterAll(async () => {
      await globus?.[Symbol.asyncDispose]();
    });

    /** Where an address of the page is in the simulated account. */
    const here = (url: string) => url.replace(service().outputs.url, service().url);
    const pool = () => {
      const redirectUri = `${service().outputs.signInUrl}/oauth2/idpresponse`;
      const ask = (url: string, init?: RequestInit) => fetch(here(url), init);
      return { redirectUri, ...playedPool({ issuer, redirectUri, secret: clientSecret, ask }) };
    };
    /** From the pool's request to the address with a code. */
    const signIn = async (start: string, redirectUri: string): Promise<string> => {
      const browser = new Browser(service().url);
      const away = await browser.open(here(start));
      const atGlobus = away.url.replace(front().url, globus.url);
      const back = await new Browser(globus.url).open(atGlobus, service().outputs.url);
      return (await browser.open(here(back.url), redirectUri)).url;
    };

    it('says that it failed, until up has written the secrets', async () => {
      const refused = await new Browser(service().url).open(here(`${issuer}/authorize`));
      expect([refused.status, refused.text.includes('You are not signed in')]).toEqual([500, true]);
    });

    it('is signed in with by the broker, whose secrets are in SSM', async () => {
      const { moto } = service();
      const wanted = [{ row: rows()[1], secret: globus.secret }];
      clientSecret = (await setBrokerSecrets(wanted, { stack: 'test', account: account() }))!;
      expect(await setInstitutions(wanted, placeOf(clientSecret))).toEqual(['Globus']);
      expect(await detailsOf('Globus')).toMatchObject({
        ...{ oidc_issuer: issuer, client_id: 'cognito', client_secret: clientSecret, token_url: `${issuer}/token` },
        ...{ attributes_url: `${issuer}/userinfo`, jwks_uri: `${issuer}/jwks` },
      });
      const ssm = new SSMClient(clientSettings(moto.url));
      const kept = new GetParameterCommand({ Name: '/labdeploy/broker/test', WithDecryption: true });
      const { Parameter } = await ssm.send(kept);
      expect(Parameter).toMatchObject({ Type: 'SecureString' });
    });

    it('lets a person in, once for each code', async () => {
      const { redirectUri, start, finish, exchange } = pool();
      const { url, state } = start();
      const back = await signIn(url, redirectUri);
      expect(await finish(back, state)).toMatchObject({
        ...{ iss: issuer, email: 'ada@uni.example', email_verified: true, name: 'Ada' },
      });
      expect((await exchange(new URL(back).searchParams.get('code')!)).status).toBe(400);
    });

    it('reaches nothing of the table but what is good once', async () => {
      const { authoriser, outputs } = service();
      const principal = `arn:aws:iam::${accountId}:role/${roleOf(outputs.functions.broker!)}`;
      const { identity } = await authoriser.policiesOf(principal);
      const resource = `arn:aws:dynamodb:${region}:${accountId}:table/${outputs.table}`;
      const may = async (action: string, key: string) => {
        const context = { 'dynamodb:LeadingKeys': [key] };
        const asked = { principal, action: `dynamodb:${action}`, resource, context, identity, accountId };
        return (await decide(asked)).allowed;
      };
      expect([await may('PutItem', 'once#ab'), await may('DeleteItem', 'once#ab')]).toEqual([true, true]);
      expect([await may('PutItem', 'job#olga'), await may('DeleteItem', 'job#olga')]).toEqual([false, false]);
      expect(await may('GetItem', 'once#ab')).toBe(false);
    });

    it('leaves no secrets behind with the stack', async () => {
      const place = { stack: 'test', account: account() };
      await removeBrokerSecrets(place);
      await removeBrokerSecrets(place);
      const ssm = new SSMClient(clientSettings(service().moto.url));
      const kept = new GetParameterCommand({ Name: '/labdeploy/broker/test' });
      await expect(ssm.send(kept)).rejects.toMatchObject({ name: 'ParameterNotFound' });
    });
  });
}
