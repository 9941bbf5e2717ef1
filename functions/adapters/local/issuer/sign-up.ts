import { randomUUID } from 'node:crypto';
import { Failure } from '../../../core/errors.ts';
import { oneLine } from '../../../core/one-line.ts';
import { emailKey } from '../../../identity/email-address.ts';
import type { AccountState } from '../../../ports/identity.ts';
import type { IssuerContext } from './issuer-context.ts';
import type { TokenKinds } from './one-time-tokens.ts';
import { type PasswordFault, passwordFault } from './password-rules.ts';
import { accountKey, mailKey } from './sign-in.ts';
import { addressKey } from './throttle.ts';

export type SignUpPolicy =
  /** Only who has a link. */
  | { kind: 'invite' }
  /** Anybody with an address of one of these domains, to the letter: a subdomain is another domain. */
  | { kind: 'domains'; domains: readonly string[] }
  | { kind: 'open' };

export interface Applicant {
  email: string;
  name: string;
  password: string;
}

export type FormFault =
  | { field: 'email'; fault: 'invalid' | 'exists' | 'domain' }
  | { field: 'password'; fault: PasswordFault };
type Throttled = { throttledMs: number };

/** What is wrong with the form before anything is looked up. */
function formFault({ email, name, password }: Applicant): FormFault | undefined {
  if (emailKey(email) === undefined) return { field: 'email', fault: 'invalid' };
  const fault = passwordFault(password, { email, name });
  return fault === undefined ? undefined : { field: 'password', fault };
}

/** Makes the account that an invitation promises. `gone`: used, ended or never made. */
export async function acceptInvitation(
  secret: string,
  applicant: Applicant,
  context: IssuerContext,
): Promise<{ id: string } | { gone: true } | FormFault> {
  const { accounts, database, passwords, oneTimeTokens } = context;
  const invitation = oneTimeTokens.find('invite', secret);
  if (invitation === undefined) return { gone: true };
  const person = { ...applicant, email: invitation.email ?? applicant.email };
  const fault = formFault(person);
  if (fault !== undefined) return fault;
  const password = await passwords.hash(person.password);
  return database.write(() => {
    if (accounts.byEmail(person.email) !== undefined) return { field: 'email', fault: 'exists' };
    if (!oneTimeTokens.spend(secret)) return { gone: true };
    return { id: insertAccount({ ...person, password }, invitation, 'active', context) };
  });
}

export type SignedUp =
  | { id: string }
  /** The rest of the way is in the mail. */
  | { mailed: true }
  /** An administrator has to let the account in; also said where the address had an account already. */
  | { waiting: true };

/**
 * Signs up without invitation, where the policy lets. With `sendInvitation` the address proves itself by mail and no
 * answer tells whether it had an account. Without it nothing proves an address: those of a domain wait for an administrator.
 */
export async function signUp(
  applicant: Applicant,
  {
    policy,
    address,
    sendInvitation,
  }: { policy: SignUpPolicy; address: string; sendInvitation?: SendInvitation | undefined },
  context: IssuerContext,
): Promise<SignedUp | FormFault | Throttled> {
  const { accounts, database, passwords, throttle, oneTimeTokens } = context;
  if (policy.kind === 'invite')
    throw new Failure('accountInvalid', { detail: 'this service takes members by invitation only' });
  const fault = sendInvitation === undefined ? formFault(applicant) : addressFault(applicant.email);
  if (fault !== undefined) return fault;
  if (policy.kind === 'domains' && !policy.domains.includes(emailKey(applicant.email)!.split('@')[1]!)) {
    return { field: 'email', fault: 'domain' };
  }
  const mails = sendInvitation === undefined ? [] : [mailKey(applicant.email)];
  const throttledMs = throttle.attempt([addressKey(address), ...mails]);
  if (throttledMs > 0) return { throttledMs };

  if (sendInvitation !== undefined) {
    const email = applicant.email.trim();
    const known = accounts.byEmail(email) !== undefined;
    await sendInvitation(email, known ? undefined : oneTimeTokens.issue('invite', { email, admin: false }).secret);
    return { mailed: true };
  }
  const password = await passwords.hash(applicant.password);
  return database.write(() => {
    const known = accounts.byEmail(applicant.email) !== undefined;
    if (policy.kind === 'domains') {
      if (!known) insertAccount({ ...applicant, password }, { admin: false }, 'waiting', context);
      return { waiting: true };
    }
    if (known) return { field: 'email', fault: 'exists' };
    return { id: insertAccount({ ...applicant, password }, { admin: false }, 'active', context) };
  });
}

/** Sends the link to go on, or (`secret` undefined) the word that the address has an account already. */
export type SendInvitation = (email: string, secret: string | undefined) => Promise<void>;

const addressFault = (email: string): FormFault | undefined =>
  emailKey(email) === undefined ? { field: 'email', fault: 'invalid' } : undefined;

/** Sets the password that a reset link allows; every session of the account ends. */
export async function resetPassword(
  secret: string,
  wanted: string,
  { accounts, providerStore, database, passwords, throttle, oneTimeTokens }: IssuerContext,
): Promise<{ id: string } | { gone: true } | FormFault> {
  const account = accounts.byId(oneTimeTokens.find('reset', secret)?.account ?? '');
  if (account === undefined) return { gone: true };
  const fault = passwordFault(wanted, account);
  if (fault !== undefined) return { field: 'password', fault };
  const password = await passwords.hash(wanted);
  const done = database.write(() => {
    const now = accounts.byId(account.id);
    if (now === undefined || !oneTimeTokens.spend(secret)) return false;
    accounts.update(now, { password });
    providerStore.forget(now.id);
    oneTimeTokens.forget(now.id);
    return true;
  });
  if (!done) return { gone: true };
  throttle.succeed([accountKey(account.email)]);
  return { id: account.id };
}

/** Inside a transaction of the caller. `password`: stored. */
export function insertAccount(
  { email, name, password }: Applicant,
  { admin, plan, id }: TokenKinds['invite'],
  state: AccountState,
  { accounts, clock }: IssuerContext,
): string {
  const free = id !== undefined && accounts.byId(id) === undefined ? id : randomUUID();
  const shown = oneLine(name).slice(0, longestName);
  accounts.insert({
    id: free,
    email: email.trim(),
    ...(shown === '' ? {} : { name: shown }),
    password,
    state,
    admin,
    ...(plan === undefined ? {} : { plan }),
    createdAt: clock.now(),
  });
  return free;
}

const longestName = 100;
