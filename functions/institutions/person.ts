import { emailKey } from '../identity/email-address.ts';
import type { SignInWith } from '../stack/sign-in-with.ts';
import type { Claims } from './upstream.ts';

/** Whom an institution has let in: (issuer, subject) is who it is, the address only says how to reach them. */
export interface Person {
  issuer: string;
  subject: string;
  /** Vouched for by the institution; absent where it gives none, or has not verified it. */
  address?: string;
  name?: string;
}

/** `domain`: their address is of another domain, or none is vouched for. */
export type PersonRefusal = { refused: 'domain' };

/** Reads the claims of a sign-in that was checked, and holds them against the domains of the row. */
export function personOf({ issuer, addressClaim, allowedDomains }: SignInWith, claims: Claims): Person | PersonRefusal {
  const { sub, name } = claims;
  const given = claims[addressClaim];
  const vouched = addressClaim === 'preferred_username' || claims.email_verified === true;
  const key = typeof given === 'string' && vouched ? emailKey(given) : undefined;
  if (allowedDomains !== undefined && !isOfDomain(key, allowedDomains)) return { refused: 'domain' };
  return {
    issuer,
    subject: String(sub),
    ...(key !== undefined && { address: String(given).trim() }),
    ...(typeof name === 'string' && { name }),
  };
}

/** `key`: of `emailKey`. To the letter: a subdomain is another domain. */
export const isOfDomain = (key: string | undefined, domains: readonly string[]): boolean =>
  key !== undefined && domains.some((domain) => emailKey(`a@${domain}`)?.split('@')[1] === key.split('@')[1]);
