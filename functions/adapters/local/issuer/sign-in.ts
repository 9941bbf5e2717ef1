import { createHash } from 'node:crypto';
import { emailKey } from '../../../identity/email-address.ts';
import type { Account } from '../../../ports/identity.ts';
import type { IssuerContext } from './issuer-context.ts';
import { longestPassword, type PasswordFault, passwordFault } from './password-rules.ts';
import { addressKey, type ThrottleKey } from './throttle.ts';

export type SignInRefusal =
  /** Also for an address without account: the answer does not say which. */
  | { refused: 'wrong' }
  /** Only said to who knows the password. */
  | { refused: 'waiting' | 'disabled' }
  | { refused: 'throttled'; waitMs: number };

/**
 * Checks e-mail and password; as slow for unknown addresses as for wrong passwords. `browser`: an id of a browser that this
 * account has signed in with before. Its guesses are counted by themselves, so that those of others, against the account or
 * from the same network address, do not keep its owner out (OWASP: device cookies).
 */
export async function signIn(
  {
    email,
    password,
    address,
    browser,
  }: { email: string; password: string; address: string; browser?: string | undefined },
  context: IssuerContext,
): Promise<{ account: Account } | SignInRefusal> {
  const { accounts, database, passwords, throttle } = context;
  const keys: ThrottleKey[] = browser === undefined ? [accountKey(email), addressKey(address)] : [`browser:${browser}`];
  const waitMs = throttle.attempt(keys);
  if (waitMs > 0) return { refused: 'throttled', waitMs };

  const account = accounts.byEmail(email);
  const right = await passwords.matches(bounded(password), account?.password || undefined);
  if (!right || account === undefined) return { refused: 'wrong' };
  const dated = passwords.isDated(account.password) ? await passwords.hash(password) : account.password;

  const state = database.write(() => {
    const now = accounts.byId(account.id);
    if (now?.password !== account.password) return 'changed'; // while it was being checked
    if (now.state === 'active' && dated !== now.password) accounts.update(now, { password: dated });
    return now.state;
  });
  if (state === 'changed') return { refused: 'wrong' };
  throttle.succeed(keys);
  return state === 'active' ? { account } : { refused: state };
}

export type PasswordChange =
  | { changed: true }
  | { refused: 'wrong' | PasswordFault }
  | { refused: 'throttled'; waitMs: number };

/** Sets a new password for who knows the old one; every session of the account ends. */
export async function changePassword(
  { id, current, wanted }: { id: string; current: string; wanted: string },
  { accounts, providerStore, database, passwords, throttle, oneTimeTokens }: IssuerContext,
): Promise<PasswordChange> {
  const account = accounts.byId(id);
  if (account === undefined) return { refused: 'wrong' };
  const fault = passwordFault(wanted, account);
  if (fault !== undefined) return { refused: fault };
  const keys = [accountKey(account.email)];
  const waitMs = throttle.attempt(keys);
  if (waitMs > 0) return { refused: 'throttled', waitMs };
  if (!(await passwords.matches(bounded(current), account.password || undefined))) return { refused: 'wrong' };
  throttle.succeed(keys);

  const password = await passwords.hash(wanted);
  const changed = database.write(() => {
    const now = accounts.byId(id);
    if (now?.password !== account.password) return false;
    accounts.update(now, { password });
    providerStore.forget(id);
    oneTimeTokens.forget(id);
    return true;
  });
  return changed ? { changed } : { refused: 'wrong' };
}

/** A digest: people type passwords into the wrong field. */
export const accountKey = (email: string): ThrottleKey =>
  `account:${createHash('sha256')
    .update(emailKey(email) ?? email)
    .digest('base64url')}`;

/** Of mails to an address: its spellings count as one, apart from sign-ins. */
export const mailKey = (email: string): ThrottleKey =>
  `account:${createHash('sha256')
    .update(`mail to ${emailKey(email) ?? email}`)
    .digest('base64url')}`;

/** What no account can have is not worth hashing at its length. */
const bounded = (password: string): string => (password.length > 4 * longestPassword ? '' : password);
