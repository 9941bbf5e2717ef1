import * as oidc from 'openid-client';
import { Failure } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { rowId, type SignInWith } from '../stack/sign-in-with.ts';

/** What must come back with the browser; each is random and good for one sign-in. */
interface UpstreamChecks {
  state: string;
  nonce: string;
  /** Of PKCE (RFC 7636). */
  verifier: string;
}

export type Claims = Readonly<Record<string, unknown>>;

/** An institution that people sign in with, where this issuer is a client like any other. */
export interface Upstream {
  readonly id: string;
  readonly row: SignInWith;
  /** Where the browser goes to sign in. */
  begin(checks: UpstreamChecks): Promise<string>;
  /**
   * Takes the query that the browser came back with: the code is exchanged, and all of the ID token is checked, its
   * signature too. No token is kept. Throws `signInDenied` where the person or the institution said no, `signInUpstream`
   * where the answer is not to be trusted or the institution cannot be reached.
   */
  finish(query: string, checks: UpstreamChecks): Promise<Claims>;
  /** Where people sign out there; undefined where the institution has no such page. */
  signOutUrl(): Promise<string | undefined>;
}

/** How long a description is believed. */
const freshMs = 3_600_000;
/** How long an institution may take to answer. */
const timeoutSeconds = 10;
/** All that is asked for; an issuer that knows fewer scopes, as ORCID, is asked for those. */
const wantedScopes = ['openid', 'email', 'profile'];

export interface UpstreamOptions {
  row: SignInWith;
  secret: string;
  /** The address of our own issuer: `https://lab.example/auth`. */
  issuer: string;
  clock: Clock;
}

export function openUpstream({ row, secret, issuer, clock }: UpstreamOptions): Upstream {
  const id = rowId(row);
  const redirectUri = `${issuer}/with/${id}/back`;
  const description = remember(() => describe(row, secret), clock);

  const reached = async <T>(work: (client: oidc.Configuration) => Promise<T> | T): Promise<T> => {
    try {
      return await work(await description());
    } catch (error) {
      if (error instanceof oidc.AuthorizationResponseError) {
        const detail = error.error_description ?? error.error;
        throw new Failure('signInDenied', { name: row.name, detail }, { cause: error });
      }
      // No cause: the library's have whole answers with tokens, and claims, and a log writes causes.
      throw new Failure('signInUpstream', { name: row.name, detail: detailOf(error) });
    }
  };

  return {
    id,
    row,
    begin: ({ state, nonce, verifier }) =>
      reached(async (client) => {
        const { scopes_supported: known } = client.serverMetadata();
        const scope = wantedScopes.filter((one) => one === 'openid' || known === undefined || known.includes(one));
        return oidc.buildAuthorizationUrl(client, {
          redirect_uri: redirectUri,
          scope: scope.join(' '),
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        }).href;
      }),
    finish: (query, { state, nonce, verifier }) =>
      reached(async (client) => {
        const tokens = await oidc.authorizationCodeGrant(client, new URL(`${redirectUri}?${query}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!; // expected above
        if (claims[row.addressClaim] !== undefined || client.serverMetadata().userinfo_endpoint === undefined)
          return claims;
        return { ...(await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)), ...claims };
      }),
    signOutUrl: async () => {
      if (row.signOutUrl !== undefined) return row.signOutUrl;
      return reached((client) => {
        if (client.serverMetadata().end_session_endpoint === undefined) return undefined;
        return oidc.buildEndSessionUrl(client, { client_id: row.clientId }).href;
      });
    },
  };
}

/** Discovery, with the way of authentication that the issuer takes: by header where it can, which is the standard's default. */
async function describe({ issuer, clientId }: SignInWith, secret: string): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  const open = (authentication: oidc.ClientAuth) =>
    oidc.discovery(url, clientId, undefined, authentication, {
      timeout: timeoutSeconds,
      // Plain HTTP is for an issuer on this machine, as the setting's schema says.
      execute: [oidc.enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [])],
    });
  const client = await open(oidc.ClientSecretBasic(secret));
  const { issuer: said, token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } =
    client.serverMetadata();
  // Accounts are found by it, so that its spelling must not change.
  if (said !== issuer) throw new Error(`it calls itself ${said}`);
  return methods.includes('client_secret_basic') ? client : open(oidc.ClientSecretPost(secret));
}

/** One description at a time, for an hour; a failure is forgotten at once. */
function remember<T>(load: () => Promise<T>, clock: Clock): () => Promise<T> {
  let known: { value: Promise<T>; until: number } | undefined;
  return () => {
    if (known === undefined || known.until <= clock.now()) {
      const loading = { value: load(), until: clock.now() + freshMs };
      loading.value.catch(() => {
        if (known === loading) known = undefined;
      });
      known = loading;
    }
    return known.value;
  };
}

/** What the library says, and why: it names claims and addresses, never a token or a secret. */
function detailOf(error: unknown): string {
  const { message, cause, error: code } = error as Error & { error?: unknown };
  const why = typeof code === 'string' ? code : cause instanceof Error ? cause.message : undefined;
  return [message, why].filter(Boolean).join(': ');
}
