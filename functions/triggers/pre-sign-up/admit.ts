import { domainToASCII } from 'node:url';
import { Failure } from '../../core/errors.ts';

/** Whom Cognito asks about. What an administrator makes is not asked about. */
export interface Applicant {
  /** `PreSignUp_SignUp`, `PreSignUp_AdminCreateUser`. */
  trigger: string;
  email: string | undefined;
}

/** Throws `signUpRefused` for an address outside of the domains. */
export function admit({ trigger, email }: Applicant, domains: readonly string[]): void {
  if (trigger === 'PreSignUp_AdminCreateUser') return;
  if (!isOfDomains(email ?? '', domains)) throw new Failure('signUpRefused', { domains: domains.join(', ') });
}

/** A subdomain is another domain. */
export function isOfDomains(email: string, domains: readonly string[]): boolean {
  const domain = domainToASCII(email.trim().toLowerCase().split('@').at(-1) ?? '');
  return domain !== '' && domains.some((allowed) => domainToASCII(allowed.toLowerCase()) === domain);
}
