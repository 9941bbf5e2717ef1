import { createHash, randomBytes } from 'node:crypto';
import type { Person } from '../../../institutions/person.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LocalDatabase } from '../database.ts';
import type { UpstreamPurpose } from './upstream/purpose.ts';

/** What the holder of a secret may do, once. */
export interface TokenKinds {
  /** Make an account. `id`: the account takes it; the one person's, so that a lab that grows keeps its jobs. */
  invite: { email?: string; admin: boolean; plan?: string; id?: string };
  /** Set a new password. */
  reset: { account: string };
  /** Sign this browser in: the account was just made, or its owner showed another secret. `amr`: how. */
  arrival: { account: string; amr: string };
  /**
   * Come back from an institution, in the browser of this form guard: the secret is the `state`. `row`: its id. `account`:
   * of whoever connects it with theirs.
   */
  upstream: {
    row: string;
    nonce: string;
    verifier: string;
    browser: string;
    purpose: UpstreamPurpose;
    account?: string;
  };
  /** Connect the account with the person of an institution, who has just signed in there. */
  join: { account: string; person: Person };
}

/** What is known of a secret without knowing it. */
export interface OpenToken<K extends keyof TokenKinds> {
  /** Digest of the secret, base64url. */
  id: string;
  details: TokenKinds[K];
  /** Milliseconds since 1970. */
  expiresAt: number;
}

const hour = 3_600_000;
const tokenLifeMs: Record<keyof TokenKinds, number> = {
  invite: 7 * 24 * hour,
  reset: 24 * hour,
  arrival: hour / 12,
  upstream: hour / 4,
  join: hour / 12,
};

/** Sign-ins with institutions that are begun, which anyone can do without signing in; beyond, the oldest are forgotten. */
const mostBegun = 1000;

/** 256 random bits, base64url; only their SHA-256 is kept, so a copy of the database opens nothing. */
export function openOneTimeTokens({ sql, write }: LocalDatabase, clock: Clock) {
  const insert = sql.prepare('INSERT INTO tickets (digest, kind, details, account, expires_at) VALUES (?, ?, ?, ?, ?)');
  const select = sql.prepare('SELECT details FROM tickets WHERE digest = ? AND kind = ? AND expires_at > ?');
  const remove = sql.prepare('DELETE FROM tickets WHERE digest = ?');
  const removeOf = sql.prepare('DELETE FROM tickets WHERE account = ?');
  const open = sql.prepare(
    'SELECT digest, details, expires_at FROM tickets WHERE kind = ? AND expires_at > ? ORDER BY expires_at, digest',
  );
  const sweep = sql.prepare('DELETE FROM tickets WHERE expires_at <= ?');
  const dropBegun = sql.prepare(
    `DELETE FROM tickets WHERE kind = 'upstream' AND digest IN
     (SELECT digest FROM tickets WHERE kind = 'upstream' ORDER BY expires_at DESC, digest LIMIT -1 OFFSET ?)`,
  );

  const findBy = <K extends keyof TokenKinds>(kind: K, key: Buffer): TokenKinds[K] | undefined => {
    const row = select.get(key, kind, clock.now()) as { details: string } | undefined;
    return row === undefined ? undefined : (JSON.parse(row.details) as TokenKinds[K]);
  };
  const find = <K extends keyof TokenKinds>(kind: K, secret: string) => findBy(kind, digest(secret));

  return {
    issue<K extends keyof TokenKinds>(kind: K, details: TokenKinds[K]): { secret: string; expiresAt: number } {
      const secret = randomBytes(32).toString('base64url');
      const expiresAt = clock.now() + tokenLifeMs[kind];
      const { account, id } = details as { account?: string; id?: string };
      write(() => {
        sweep.run(clock.now());
        insert.run(digest(secret), kind, JSON.stringify(details), account ?? id ?? null, expiresAt);
        if (kind === 'upstream') dropBegun.run(mostBegun);
      });
      return { secret, expiresAt };
    },
    find,
    /** Without the secret, by the id that `open` and `idOf` give. */
    findById: <K extends keyof TokenKinds>(kind: K, id: string) => findBy(kind, keyOf(id)),
    /** The id of a secret that is still good. */
    idOf: (kind: keyof TokenKinds, secret: string): string | undefined =>
      find(kind, secret) === undefined ? undefined : digest(secret).toString('base64url'),
    /** One caller gets it. */
    take: <K extends keyof TokenKinds>(kind: K, secret: string): TokenKinds[K] | undefined =>
      write(() => {
        const details = find(kind, secret);
        if (details !== undefined) remove.run(digest(secret));
        return details;
      }),
    /** Removes it, inside a transaction of the caller that also does what it was for. */
    spend: (secret: string): boolean => remove.run(digest(secret)).changes > 0,
    /** The same by its id. */
    spendById: (id: string): boolean => remove.run(keyOf(id)).changes > 0,
    /** Those of a kind that are still good; the one that ends first comes first. */
    open: <K extends keyof TokenKinds>(kind: K): OpenToken<K>[] =>
      (open.all(kind, clock.now()) as { digest: Uint8Array; details: string; expires_at: number }[]).map((row) => ({
        id: Buffer.from(row.digest).toString('base64url'),
        details: JSON.parse(row.details) as TokenKinds[K],
        expiresAt: row.expires_at,
      })),
    /** Ends one by its id; false where there is none. */
    revoke: (id: string): boolean => write(() => remove.run(keyOf(id)).changes > 0),
    /** Inside a transaction of the caller. */
    forget: (account: string) => removeOf.run(account),
  };
}

/** Looked up by digest: the time that takes says nothing about the secret. */
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const keyOf = (id: string): Buffer => Buffer.from(id, 'base64url');
