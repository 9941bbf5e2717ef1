import { emailKey } from '../../../../identity/email-address.ts';
import { isOfDomain, type Person, type PersonRefusal } from '../../../../institutions/person.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { insertAccount, type SignUpPolicy } from '../sign-up.ts';

export type Refusal =
  | PersonRefusal['refused']
  | 'waiting'
  | 'disabled'
  /** The lab takes people by invitation only. */
  | 'uninvited'
  | 'invitationGone'
  /** The institution vouches for no address, and nothing else gives one. */
  | 'addressless'
  /** An account has the address. It is never joined by that alone: its owner signs in to both. */
  | 'exists'
  /** The identity belongs to another account. */
  | 'taken';

export type Admission = { id: string } | { refused: Refusal };

/**
 * The account of a person who signed in with an institution; it is made where an invitation or the policy lets. An address
 * that the institution vouches for is proven, so nobody of the policy's domains has to wait.
 * `invitation`: the id of one, whose link this browser opened.
 */
export function admit(
  person: Person,
  { policy, invitation }: { policy: SignUpPolicy; invitation?: string | undefined },
  context: IssuerContext,
): Admission {
  const { identities, oneTimeTokens, database, clock } = context;
  return database.write(() => {
    const known = identities.find(person.issuer, person.subject);
    if (known !== undefined) return stateOf(known.account, context);
    const invited = invitation === undefined ? undefined : oneTimeTokens.findById('invite', invitation);
    if (invitation !== undefined && invited === undefined) return { refused: 'invitationGone' };
    const email = invited?.email ?? person.address;
    const refused = refusalOf(person, email, { policy, invited: invited !== undefined }, context);
    if (refused !== undefined) return { refused };

    if (invitation !== undefined) oneTimeTokens.spendById(invitation);
    const applicant = { email: email!, name: person.name ?? '', password: noPassword };
    const account = insertAccount(applicant, invited ?? { admin: false }, 'active', context);
    identities.insert({ ...identityOf(person), account, createdAt: clock.now() });
    return { id: account };
  });
}

/** Whoever signs in with an institution alone has none, which no password matches. */
const noPassword = '';

function refusalOf(
  { address }: Person,
  email: string | undefined,
  { policy, invited }: { policy: SignUpPolicy; invited: boolean },
  { accounts }: IssuerContext,
): Refusal | undefined {
  if (email !== undefined && accounts.byEmail(email) !== undefined) return 'exists';
  if (!invited && policy.kind === 'invite') return 'uninvited';
  if (!invited && policy.kind === 'domains' && !isOfDomain(emailKey(address ?? ''), policy.domains)) return 'domain';
  return email === undefined ? 'addressless' : undefined;
}

/** Lets the person sign in to the account from now on; both have just been signed in to. */
export function join(person: Person, account: string, context: IssuerContext): Admission {
  const { identities, database, clock } = context;
  return database.write(() => {
    const known = identities.find(person.issuer, person.subject);
    if (known !== undefined && known.account !== account) return { refused: 'taken' };
    const admission = stateOf(account, context);
    if ('id' in admission && known === undefined)
      identities.insert({ ...identityOf(person), account, createdAt: clock.now() });
    return admission;
  });
}

const identityOf = ({ issuer, subject, address }: Person) => ({
  issuer,
  subject,
  ...(address !== undefined && { address }),
});

function stateOf(id: string, { accounts }: IssuerContext): Admission {
  const state = accounts.byId(id)?.state ?? 'disabled';
  return state === 'active' ? { id } : { refused: state };
}

/** False where it is the only way into the account. */
export function leave(issuer: string, account: string, { accounts, identities, database }: IssuerContext): boolean {
  return database.write(() => {
    const others = identities.of(account).some((identity) => identity.issuer !== issuer);
    if (!others && (accounts.byId(account)?.password ?? noPassword) === noPassword) return false;
    identities.remove(issuer, account);
    return true;
  });
}
