import { z } from 'zod';
import { rowId, type SignInWith, signInWithSchema } from './sign-in-with.ts';

/*
 * The identity broker of a stack: an issuer of the lab's own between the Cognito pool and institutions that Cognito cannot
 * sign in with by itself. Each of them has an issuer of its own there.
 */

/** It takes the secret in a header only, and names no key. Source: its description and keys, in 2026. */
const globus = 'https://auth.globus.org';

/** Whether on AWS the broker signs in with it, instead of Cognito. */
export const isBrokered = ({ issuer, addressClaim, broker }: SignInWith): boolean =>
  broker === true || addressClaim !== 'email' || issuer === globus;

/** Below the page's origin. */
export const brokerPath = '/auth/with';

/** Of one institution, without a slash at its end. */
export const brokerIssuer = (origin: string, row: Pick<SignInWith, 'name'>): string =>
  `${origin}${brokerPath}/${rowId(row)}`;

/** What the pool calls itself there. */
export const brokerClientId = 'cognito';

/** In Cognito's words. With all of them it asks for no description, which is not there yet when the pool is made. */
export const brokerDetails = (issuer: string) => ({
  oidc_issuer: issuer,
  client_id: brokerClientId,
  authorize_url: `${issuer}/authorize`,
  token_url: `${issuer}/token`,
  attributes_url: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
});

/** JSON in the variable of the broker's function. */
export const brokerEnvironment = z.strictObject({
  /** Of the page. */
  origin: z.url(),
  /** Where the pool takes codes: the one address that the broker gives them to. */
  redirectUri: z.url(),
  /** Name of SSM's parameter with `brokerSecrets`. */
  parameter: z.string().min(1),
  rows: signInWithSchema,
});
export type BrokerEnvironment = z.infer<typeof brokerEnvironment>;

/** JSON in the SecureString that `up` writes: at most 4 KB, which ten institutions with secrets of 128 characters fit into. */
export const brokerSecrets = z.strictObject({
  /** PKCS #8, base64 of its DER: RSA of 2048 bits, for RS256. */
  key: z.string().min(1),
  /** Of the pool, whose id is `brokerClientId`. */
  clientSecret: z.string().min(1),
  /** Of the lab at each institution, by the row's id. */
  institutions: z.record(z.string(), z.string().min(1)),
});
export type BrokerSecrets = z.infer<typeof brokerSecrets>;
