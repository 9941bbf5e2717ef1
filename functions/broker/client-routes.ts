import { createHash, timingSafeEqual } from 'node:crypto';
import { brokerClientId } from '../stack/sign-in-broker.ts';
import { type BrokerAnswer, type BrokerRequest, json, refusal } from './answers.ts';
import type { BrokerContext, Issued } from './broker-context.ts';
import { tokenSeconds } from './signing.ts';
import { single } from './single.ts';

/** Gives the pool the tokens of a code, once. The secret comes in the form, as Cognito sends it (`client_secret_post`). */
export async function token({ body }: BrokerRequest, context: BrokerContext): Promise<BrokerAnswer> {
  const { clientSecret, redirectUri, store, upstream, issuer, signer } = context;
  const form = new URLSearchParams(body);
  const isPool =
    single(form, 'client_id') === brokerClientId && isSame(single(form, 'client_secret') ?? '', clientSecret);
  if (!isPool) return refusal(401, 'invalid_client', 'client_id or client_secret is wrong');
  if (single(form, 'grant_type') !== 'authorization_code')
    return refusal(400, 'unsupported_grant_type', 'only authorization_code');
  const code = single(form, 'code');
  const kept = code === undefined ? undefined : await store.take('code', code);
  const issued = kept === undefined ? undefined : (JSON.parse(kept) as Issued);
  if (issued === undefined || issued.id !== upstream.id || single(form, 'redirect_uri') !== redirectUri)
    return refusal(400, 'invalid_grant', 'the code was used, is too old, or is for another address');
  const { claims, client } = issued;
  if (!provesChallenge(client.challenge, single(form, 'code_verifier')))
    return refusal(400, 'invalid_grant', 'code_verifier does not fit code_challenge');
  return json(200, {
    access_token: await signer.accessToken(issuer, claims),
    token_type: 'Bearer',
    expires_in: tokenSeconds,
    id_token: await signer.idToken(issuer, claims, client.nonce),
    scope: 'openid email profile',
  });
}

/** Says again whom the access token is of. */
export async function userinfo({ authorization }: BrokerRequest, context: BrokerContext): Promise<BrokerAnswer> {
  const [, bearer] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
  const claims = bearer === undefined ? undefined : await context.signer.verify(context.issuer, bearer);
  if (claims === undefined)
    return json(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' });
  return json(200, claims);
}

/** OpenID Connect Discovery 1.0, section 3. */
export const description = ({ issuer }: BrokerContext): BrokerAnswer =>
  json(200, {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['public'],
    scopes_supported: ['openid', 'email', 'profile'],
    claims_supported: ['sub', 'email', 'email_verified', 'name'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  });

/** RFC 7636, S256. A verifier without a challenge is refused: somebody has taken it away (RFC 9700, section 4.8.2). */
function provesChallenge(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined) return verifier === undefined;
  return verifier !== undefined && isSame(createHash('sha256').update(verifier).digest('base64url'), challenge);
}

/** In a time that does not tell where they differ. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [given, right].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
