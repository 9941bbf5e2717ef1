import {
  type Configuration,
  errors,
  type Grant,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import { daySeconds } from '../../../core/time.ts';
import { groupsOf } from '../../../identity/groups.ts';
import type { Account } from '../../../ports/identity.ts';
import { cookieNames } from './cookies.ts';
import type { IssuerContext } from './issuer-context.ts';
import { type IssuerKeys, signingAlgorithm } from './issuer-keys.ts';
import type { ProviderPages } from './pages/provider-pages.ts';

/** The page in the browser, the command line, and the issuer's own pages. */
export const clientIds = { page: 'labdeploy-page', cli: 'labdeploy-cli', own: 'labdeploy-account' } as const;

/** What an access token for the API carries as its scope. */
export const apiScope = 'api';
export const scopes = ['openid', 'profile', 'email', apiScope];
/** Clients that ask for `offline_access` may; whether a refresh token outlives the session depends on the client alone. */
const identityScopes = 'openid profile email offline_access';

/** Seconds. A session slides while it is used; a page's tokens end with it, those of the command line outlive it. */
const lifetimes = {
  accessToken: 600,
  session: 14 * daySeconds,
  cliRefreshToken: 30 * daySeconds,
  cliGrant: 365 * daySeconds,
  scriptToken: 365 * daySeconds,
} as const;

/** Whom tokens are about. The one person of a service without accounts has no address. */
export type Subject = Pick<Account, 'id' | 'name' | 'admin' | 'plan'> & { email?: string };

/** Who may have tokens now. */
export type FindSubject = (id: string) => Subject | undefined;

/** Marks the refresh tokens that people make for scripts. */
export const scriptTokens = 'script';

export interface ProviderOptions {
  issuer: string;
  /** Of access tokens: the API. */
  audience: string;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  keys: IssuerKeys;
  context: IssuerContext;
  pages: ProviderPages;
  findSubject: FindSubject;
}

/** The certified provider, set to what labdeploy needs: codes with PKCE, device codes, refresh tokens, sign-out; nothing else. */
export function openProvider(options: ProviderOptions): Provider {
  const { issuer } = options;
  const provider = new Provider(issuer, configuration(options));
  const { host, protocol } = new URL(issuer);
  // What the browser claims in Host and X-Forwarded-* must not lead anywhere: addresses are those of the issuer.
  Object.defineProperties(provider.request, {
    host: { get: () => host },
    protocol: { get: () => protocol.slice(0, -1) },
    secure: { get: () => protocol === 'https:' },
  });
  return provider;
}

function configuration(options: ProviderOptions): Configuration {
  const { issuer, audience, keys, context, pages, findSubject } = options;
  const { origin, protocol, pathname } = new URL(issuer);
  const { session, interaction, resume } = cookieNames(issuer);
  const cookieOptions = { httpOnly: true, sameSite: 'lax', signed: true, secure: protocol === 'https:' } as const;
  return {
    adapter: context.providerStore.adapter,
    jwks: { keys: keys.signing },
    clients: clients(options),
    clientDefaults: { id_token_signed_response_alg: signingAlgorithm },
    enabledJWA: { idTokenSigningAlgValues: [signingAlgorithm] },
    responseTypes: ['code', 'none'],
    scopes: identityScopes.split(' '),
    claims: { openid: ['sub', 'groups'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false, // there is no userinfo endpoint: the ID token names the user
    pkce: { required: () => true },
    cookies: {
      names: { session, interaction, resume },
      long: { ...cookieOptions, path: pathname },
      short: cookieOptions,
      keys: [keys.secret],
    },
    routes: {
      authorization: '/authorize',
      token: '/token',
      jwks: '/jwks',
      revocation: '/revoke',
      end_session: '/sign-out',
      device_authorization: '/device/code',
      code_verification: '/device',
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: false },
      // Set, since the default says so on stdout.
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.signOut, postLogoutSuccessSource: pages.signedOut },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: pages.deviceCode,
        userCodeConfirmSource: pages.deviceConfirm,
        successSource: pages.deviceDone,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo(_ctx, resource) {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            scope: apiScope,
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: lifetimes.accessToken,
            jwt: { sign: { alg: signingAlgorithm } },
          };
        },
      },
    },
    extraTokenClaims: (_ctx, token) => {
      const subject = 'accountId' in token ? findSubject(token.accountId) : undefined;
      return subject === undefined ? {} : claimsOf(subject);
    },
    findAccount(_ctx, id) {
      const subject = findSubject(id);
      if (subject === undefined) return undefined;
      return { accountId: id, claims: () => ({ sub: id, ...claimsOf(subject) }) };
    },
    loadExistingGrant: (ctx) => grantFor(ctx, audience),
    rotateRefreshToken: (ctx) => ctx.oidc.entities.RefreshToken?.gty !== scriptTokens,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: (ctx) => ctx.oidc.client?.clientId !== clientIds.cli,
    interactions: { url: (_ctx, interaction) => `${pathname}/interaction/${interaction.uid}`, policy: policy() },
    clientBasedCORS: (_ctx, from) => from === origin, // browsers send an Origin to their own origin too
    renderError: pages.error,
    ttl: {
      AccessToken: lifetimes.accessToken,
      AuthorizationCode: 60,
      DeviceCode: 600,
      IdToken: lifetimes.accessToken,
      Interaction: 3600,
      Session: lifetimes.session,
      Grant: (_ctx, grant) => (grant.clientId === clientIds.cli ? lifetimes.cliGrant : lifetimes.session),
      RefreshToken(ctx, token, client) {
        if (token.gty === scriptTokens) return lifetimes.scriptToken;
        if (client.clientId === clientIds.cli) return lifetimes.cliRefreshToken;
        return ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? lifetimes.session;
      },
    },
  };
}

const claimsOf = ({ admin, email, name, plan }: Subject) => ({
  groups: groupsOf({ admin, ...(plan === undefined ? {} : { plan }) }),
  ...(email === undefined ? {} : { email }),
  ...(name === undefined ? {} : { name }),
});

const clients = ({ issuer, redirectUris, postLogoutRedirectUris }: ProviderOptions): Configuration['clients'] => [
  {
    client_id: clientIds.page,
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
  },
  {
    client_id: clientIds.cli,
    application_type: 'native', // any port of the loopback addresses (RFC 8252, section 7.3); asks the user each time
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  },
  {
    client_id: clientIds.own, // gets no token: its sign-ins only make the session that the issuer's pages need
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${issuer}/back`],
    response_types: ['none'],
    grant_types: [],
  },
];

export function grantAll(grant: Grant, audience: string): void {
  grant.addOIDCScope(identityScopes);
  grant.addResourceScope(audience, apiScope);
}

/** labdeploy's own clients need no consent to what they are for; the command line's asks for its own reason. */
async function grantFor(ctx: KoaContextWithOIDC, audience: string) {
  const { account, client, provider, result, session } = ctx.oidc;
  const id = result?.consent?.grantId ?? session!.grantIdFor(client!.clientId);
  const known = id === undefined ? undefined : await provider.Grant.find(id);
  const grant =
    known?.accountId === account!.accountId
      ? known
      : new provider.Grant({ accountId: account!.accountId, clientId: client!.clientId });
  grantAll(grant, audience);
  await grant.save();
  return grant;
}

function policy() {
  const prompts = interactionPolicy.base();
  const { Check } = interactionPolicy;
  prompts.get('login')!.checks.add(
    new Check('account_gone', 'the account is not there any more, or may not sign in', (ctx) => {
      const { account, session } = ctx.oidc;
      return session?.accountId !== undefined && account === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  const consent = prompts.get('consent')!.checks;
  consent.remove('native_client_prompt');
  consent.add(
    // Any program of the machine can listen on a loopback port, so the user says yes; a device code was confirmed already.
    new Check(
      'loopback_client',
      'programs of this machine need the consent of the user',
      'interaction_required',
      (ctx) => {
        const { client, deviceCode, result } = ctx.oidc;
        const asked = result?.consent !== undefined || deviceCode !== undefined;
        return client?.applicationType === 'native' && !asked ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
      },
    ),
  );
  return prompts;
}
