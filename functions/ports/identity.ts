/** Who asks, as the OIDC issuer says. */
export interface Caller {
  sub: string;
  email?: string;
  name?: string;
  /** What plan and rights derive from (core/plans). */
  groups: readonly string[];
}

/**
 * Checks an access token: signature, algorithm, issuer, audience, expiry. Throws the problem `tokenRefused` with the
 * reason in words; anything else that is thrown means that the issuer cannot be asked.
 */
export type VerifyToken = (token: string) => Promise<Caller>;
