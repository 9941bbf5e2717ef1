import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, errors, exportJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../ports/clock.ts';
import { brokerClientId } from '../stack/sign-in-broker.ts';

/** What the broker says of a person; an address only where the institution vouches for it. */
export interface BrokerClaims {
  sub: string;
  email?: string;
  email_verified?: true;
  name?: string;
}

/** For so long tokens are good, in seconds: the pool reads them at once. */
export const tokenSeconds = 300;
const algorithm = 'RS256';
const accessType = 'at+jwt';

export interface Signer {
  /** Of the public key, with its name. */
  jwks: { keys: JWK[] };
  /** `issuer`: the broker's, of one institution. */
  idToken(issuer: string, claims: BrokerClaims, nonce: string | undefined): Promise<string>;
  /** Good at `userinfo` only. */
  accessToken(issuer: string, claims: BrokerClaims): Promise<string>;
  /** Claims of an access token; undefined where it is none of this issuer's. */
  verify(issuer: string, token: string): Promise<BrokerClaims | undefined>;
}

/** `key`: PKCS #8, base64 of its DER. */
export async function openSigner(key: string, clock: Clock): Promise<Signer> {
  const privateKey = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const jwk = await publicJwk(publicKey);
  const sign = (claims: object, { issuer, audience, typ }: { issuer: string; audience: string; typ: string }) => {
    const now = Math.floor(clock.now() / 1000);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, kid: jwk.kid!, typ })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + tokenSeconds)
      .sign(privateKey);
  };
  const ofUserinfo = (issuer: string) => `${issuer}/userinfo`;
  return {
    jwks: { keys: [jwk] },
    idToken: (issuer, claims, nonce) =>
      sign(nonce === undefined ? claims : { ...claims, nonce }, { issuer, audience: brokerClientId, typ: 'JWT' }),
    accessToken: (issuer, claims) => sign(claims, { issuer, audience: ofUserinfo(issuer), typ: accessType }),
    async verify(issuer, token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          ...{ issuer, audience: ofUserinfo(issuer), typ: accessType, algorithms: [algorithm] },
          currentDate: new Date(clock.now()),
          requiredClaims: ['sub', 'exp'],
        });
        const { iss: _iss, aud: _aud, iat: _iat, exp: _exp, ...claims } = payload;
        return claims as unknown as BrokerClaims;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

/** Named by its thumbprint (RFC 7638), so that another key has another name. */
async function publicJwk(publicKey: KeyObject): Promise<JWK> {
  const jwk = await exportJWK(publicKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' };
}
