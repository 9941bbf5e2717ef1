import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { Failure } from '../core/errors.ts';
import { type Clock, systemClock } from '../ports/clock.ts';
import type { Caller, Identity } from '../ports/identity.ts';
import { rightsOf } from './groups.ts';

/** Clocks of issuer and service may differ by this. */
const toleranceSeconds = 5;

export interface TrustedIssuer {
  /** As in the token's `iss`, to the letter. */
  issuer: string;
  /** The one algorithm that the issuer signs with; what a token's own header says is never believed. */
  algorithm: 'RS256' | 'ES256';
  /** Its public keys, or where they are (fetched when first needed, kept 10 minutes, asked again for an unknown key at most every 30 s). */
  keys: URL | JSONWebKeySet;
  /**
   * How an access token says whom it is for. `jwt` is RFC 9068: type `at+jwt`, the API as `aud`, the scope. `cognito`: no
   * `aud` and no type; `token_use` is `access` and `client_id` is one of ours.
   */
  accessTokens: { form: 'jwt'; audience: string; scope: string } | { form: 'cognito'; clientIds: readonly string[] };
  clock?: Clock;
}

/** Verifies the access tokens of one issuer. */
export function tokenVerifier({ issuer, algorithm, keys, accessTokens, clock = systemClock }: TrustedIssuer): Identity {
  const keySet = keys instanceof URL ? createRemoteJWKSet(keys) : createLocalJWKSet(keys);
  const form =
    accessTokens.form === 'jwt'
      ? { audience: accessTokens.audience, typ: 'at+jwt' }
      : { requiredClaims: ['token_use', 'client_id'] };

  const claimsOf = async (token: string): Promise<JWTPayload> => {
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer,
        algorithms: [algorithm],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(clock.now()),
        ...form,
        requiredClaims: ['sub', 'iat', 'exp', ...(form.requiredClaims ?? [])],
      });
      return payload;
    } catch (error) {
      throw failureOf(error, issuer);
    }
  };

  return {
    async verify(token) {
      const claims = await claimsOf(token);
      const refusal = refusalOf(claims, accessTokens);
      if (refusal !== undefined) throw new Failure('tokenRefused', { detail: refusal });
      return callerOf(claims);
    },
  };
}

/** Errors of jose that say that the keys could not be had; every other one is about the token. */
const keyTrouble = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

function failureOf(error: unknown, issuer: string): Failure {
  if (error instanceof errors.JWTExpired) return new Failure('tokenExpired', {}, { cause: error });
  if (error instanceof errors.JOSEError && !keyTrouble.has(error.code)) {
    return new Failure('tokenRefused', { detail: error.message }, { cause: error });
  }
  return new Failure(
    'issuerUnreachable',
    { issuer, detail: error instanceof Error ? error.message : String(error) },
    {
      cause: error,
    },
  );
}

/** A subject becomes a folder of object keys: no `/`, nothing that a file system or a URL reads otherwise. */
const ownerPattern = /^(?!\.{1,2}$)[\w.|@:=+-]{1,128}$/;

function refusalOf(claims: JWTPayload, accessTokens: TrustedIssuer['accessTokens']): string | undefined {
  if (!ownerPattern.test(claims.sub!)) return 'its subject cannot own jobs';
  if (accessTokens.form === 'jwt') {
    const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
    return scopes.includes(accessTokens.scope) ? undefined : `it lacks the scope ${accessTokens.scope}`;
  }
  if (claims.token_use !== 'access') return 'it is not an access token';
  return accessTokens.clientIds.includes(String(claims.client_id)) ? undefined : 'it was made for another application';
}

function callerOf(claims: JWTPayload): Caller {
  const named = claims.groups ?? claims['cognito:groups'];
  const groups = Array.isArray(named) ? named.filter((group) => typeof group === 'string') : [];
  return {
    sub: claims.sub!,
    ...(typeof claims.email === 'string' ? { email: claims.email } : {}),
    ...(typeof claims.name === 'string' ? { name: claims.name } : {}),
    groups,
    ...rightsOf(groups),
  };
}
