import { domainToASCII } from 'node:url';
import { Failure } from '../../core/errors.ts';

/** Whom Cognito asks about. What an administrator makes is not asked about. */
export interface Applicant {
  /** `PreSignUp_SignUp`, `PreSignUp_AdminCreateUser`, `PreSignUp_ExternalProvider`. */
  trigger: string;
  email: string | undefined;
}

/** Throws `signUpRefused` for an address outside of the domains. A subdomain is another domain. */
export function admit({ trigger, email }: Applicant, domains: readonly string[]): void {
  if (trigger === 'PreSignUp_AdminCreateUser') return;
  const domain = domainToASCII(email?.trim().toLowerCase().split('@').at(-1) ?? '');
  if (domain === '' || !domains.some((allowed) => domainToASCII(allowed.toLowerCase()) === domain)) {
    throw new Failure('signUpRefused', { domains: domains.join(', ') });
  }
}
