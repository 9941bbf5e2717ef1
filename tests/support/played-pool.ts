import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { brokerDetails } from '../../functions/stack/sign-in-broker.ts';

export interface PlayedPool {
  /** Where the pool sends the browser, and what it must get back. */
  start(more?: Record<string, string>): { url: string; state: string };
  /** Asks the token endpoint, with what Cognito sends unless `more` says otherwise. */
  exchange(code: string, more?: Record<string, string>): Promise<Response>;
  /** Takes the browser's way back: the tokens, checked as Cognito checks them, and the attributes of the person. */
  finish(back: string, state: string): Promise<JWTPayload>;
}

interface PoolOptions {
  /** Of the broker, for one institution. */
  issuer: string;
  redirectUri: string;
  secret: string;
  /** As `fetch`: where the addresses of the broker are in the test. */
  ask?: (url: string, init?: RequestInit) => Promise<Response>;
  now?: () => number;
}

/**
 * What Cognito does with an OIDC provider, as its developer guide says: the secret in the form, no PKCE, an ID token that
 * names a key of `jwks_uri`, then the attributes at `attributes_url`. What Cognito refuses is refused here.
 */
export function playedPool({ issuer, redirectUri, secret, ask = fetch, now = Date.now }: PoolOptions): PlayedPool {
  const details = brokerDetails(issuer);
  const client = { client_id: details.client_id, redirect_uri: redirectUri };
  const json = async (response: Response) => {
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const exchange: PlayedPool['exchange'] = (code, more = {}) =>
    ask(details.token_url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', code, ...client, client_secret: secret, ...more },
      }).toString(),
    });
  return {
    start(more = {}) {
      const state = `H4sI${randomBytes(600).toString('base64')}`; // as long as Cognito's, with + and /
      const query = { ...client, response_type: 'code', scope: 'openid email profile', state, ...more };
      return { url: `${details.authorize_url}?${new URLSearchParams(query)}`, state };
    },
    exchange,
    async finish(back, state) {
      const answer = new URL(back);
      if (`${answer.origin}${answer.pathname}` !== redirectUri) throw new Error(`sent to ${back}`);
      if (answer.searchParams.get('state') !== state) throw new Error('another state');
      const tokens = await json(await exchange(answer.searchParams.get('code') ?? ''));
      const idToken = String(tokens.id_token);
      if (decodeProtectedHeader(idToken).kid === undefined) throw new Error('no kid');
      const keys = (await json(await ask(details.jwks_uri))) as unknown as JSONWebKeySet;
      const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys), {
        ...{ issuer, audience: details.client_id, algorithms: ['RS256'] },
        requiredClaims: ['sub', 'iat', 'exp'],
        currentDate: new Date(now()),
      });
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      const attributes = await json(await ask(details.attributes_url, { headers }));
      if (attributes.sub !== payload.sub) throw new Error('another subject');
      return { ...payload, ...attributes };
    },
  };
}
