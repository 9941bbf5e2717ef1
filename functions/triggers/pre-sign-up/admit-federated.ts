import { Failure } from '../../core/errors.ts';
import type { FederatedIdentity, FederatedPeople } from '../../ports/federated-people.ts';
import { isOfDomains } from './admit.ts';

export interface FederatedApplicant {
  /** `PROVIDER_SUBJECT`: a provider's name has no underscore. */
  userName: string;
  email: string | undefined;
  /** `true`, where the institution says so. */
  emailVerified: string | undefined;
  name: string | undefined;
}

export interface FederatedPolicy {
  signUp: 'invite' | 'domains' | 'open';
  /** Of `signUp`: `domains`. */
  domains: readonly string[];
  /** By provider the domains that it may bring people of; empty: all. */
  institutions: Readonly<Record<string, readonly string[]>>;
}

/**
 * Lets a person of an institution in whom the policy admits, as an account of the pool to which the identity is linked: a
 * new one, or that of an invitation to the address, which the institution has verified. An account that somebody has used
 * is never joined by its address. Throws `federatedRefused`.
 */
export async function admitFederated(
  { userName, email, emailVerified, name }: FederatedApplicant,
  policy: FederatedPolicy,
  people: FederatedPeople,
): Promise<void> {
  const identity = identityOf(userName, Object.keys(policy.institutions));
  if (identity === undefined) throw refused('the lab takes nobody of this institution');
  if (email === undefined || emailVerified !== 'true')
    throw refused('the institution has not verified an e-mail address of yours');
  const address = email.trim().toLowerCase();
  const ofProvider = policy.institutions[identity.provider]!;
  if (ofProvider.length > 0 && !isOfDomains(address, ofProvider))
    throw refused(`of this institution the lab takes addresses of ${ofProvider.join(', ')}`);
  const state = await people.stateOf(address);
  if (state === 'taken') throw refused('your address has an account here: sign in to it as before');
  if (state === 'free') {
    if (policy.signUp === 'invite') throw refused('you have no invitation: ask an administrator of your lab for one');
    if (policy.signUp === 'domains' && !isOfDomains(address, policy.domains))
      throw refused(`the lab takes addresses of ${policy.domains.join(', ')}`);
    await people.make(address, name);
  }
  await people.link(address, identity);
}

/** Cognito may write the name in lower case, and takes it in a link as it was given. */
function identityOf(userName: string, providers: readonly string[]): FederatedIdentity | undefined {
  const at = userName.indexOf('_');
  const provider = providers.find((one) => one.toLowerCase() === userName.slice(0, at).toLowerCase());
  const subject = userName.slice(at + 1);
  return at < 1 || provider === undefined || subject === '' ? undefined : { provider, subject };
}

const refused = (why: string): Failure => new Failure('federatedRefused', { why });
