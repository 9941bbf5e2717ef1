/** Who calls, as a verified access token says. */
export interface Caller {
  /** The token's subject: the owner of what the caller makes, and a folder of every object key. */
  sub: string;
  email?: string;
  name?: string;
  /** As the issuer names them; `plan` and `admin` are read from them (identity/groups). */
  groups: readonly string[];
  /** Absent: the service's default plan. */
  plan?: string;
  admin: boolean;
}

/**
 * Checks an access token; no other kind of token passes. Failures: `tokenExpired` (sign in again, or refresh),
 * `tokenRefused` (forged, or made for another audience), `issuerUnreachable` (its keys could not be read: not the caller's fault).
 */
export interface Identity {
  verify(token: string): Promise<Caller>;
}

export type AccountState = 'active' | 'waiting' | 'disabled';

/** Who somebody is at an institution that they sign in with. */
interface LinkedIdentity {
  issuer: string;
  subject: string;
  /** As the institution said it. */
  address?: string;
}

export interface Account {
  /** The `sub` of its tokens; never changes and is never used again. */
  id: string;
  /** As its owner wrote it; accounts are distinguished by its normalised form. */
  email: string;
  name?: string;
  /** `waiting`: signed up, but an administrator has not let it in yet. */
  state: AccountState;
  admin: boolean;
  plan?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  lastSignInAt?: number;
  /** Absent where there are none, or where the issuer does not list them. */
  identities?: readonly LinkedIdentity[];
}

export interface Link {
  url: string;
  /** Milliseconds since 1970; it also ends when it is used. */
  expiresAt: number;
}

/** Sent by the issuer itself, which does not show it. */
interface Mailed {
  mailedTo: string;
}

/**
 * The people of one lab. An account is named by its id or its e-mail address; one that is not there throws
 * `accountMissing`. What would leave the lab without an administrator throws `accountLastAdmin`.
 */
export interface Accounts {
  /**
   * A link that makes one account, or a mail with the way in; with `email` only for that address, which an issuer that
   * mails needs (else `accountInvalid`). An address whose owner has been let in throws `accountExists`.
   */
  invite(who: { email?: string; admin?: boolean; plan?: string }): Promise<Link | Mailed>;
  /** Oldest first. */
  list(): Promise<Account[]>;
  find(account: string): Promise<Account>;
  /** Lets in who was waiting or disabled. */
  enable(account: string): Promise<void>;
  /** Ends its sessions and refresh tokens; an access token that is out lives to its end, at most ten minutes. */
  disable(account: string): Promise<void>;
  /** Forgets the account; its jobs stay under its id, which is not given again. */
  remove(account: string): Promise<void>;
  setAdmin(account: string, admin: boolean): Promise<void>;
  /** Undefined: the default plan. */
  setPlan(account: string, plan: string | undefined): Promise<void>;
  /** A way to set a new password; every session of the account ends, with a link when it is used. */
  resetLink(account: string): Promise<Link | Mailed>;
}
