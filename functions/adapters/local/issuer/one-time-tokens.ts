import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../ports/clock.ts';
import type { LocalDatabase } from '../database.ts';

/** What the holder of a secret may do, once. */
export interface TokenKinds {
  /** Make an account. `id`: the account takes it; the one person's, so that a lab that grows keeps its jobs. */
  invite: { email?: string; admin: boolean; plan?: string; id?: string };
  /** Set a new password. */
  reset: { account: string };
  /** Sign this browser in: the account was just made, or its owner showed another secret. */
  arrival: { account: string };
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
};

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

  const find = <K extends keyof TokenKinds>(kind: K, secret: string): TokenKinds[K] | undefined => {
    const row = select.get(digest(secret), kind, clock.now()) as { details: string } | undefined;
    return row === undefined ? undefined : (JSON.parse(row.details) as TokenKinds[K]);
  };

  return {
    issue<K extends keyof TokenKinds>(kind: K, details: TokenKinds[K]): { secret: string; expiresAt: number } {
      const secret = randomBytes(32).toString('base64url');
      const expiresAt = clock.now() + tokenLifeMs[kind];
      const account = 'account' in details ? details.account : (details.id ?? null);
      write(() => {
        sweep.run(clock.now());
        insert.run(digest(secret), kind, JSON.stringify(details), account, expiresAt);
      });
      return { secret, expiresAt };
    },
    find,
    /** One caller gets it. */
    take: <K extends keyof TokenKinds>(kind: K, secret: string): TokenKinds[K] | undefined =>
      write(() => {
        const details = find(kind, secret);
        if (details !== undefined) remove.run(digest(secret));
        return details;
      }),
    /** Removes it, inside a transaction of the caller that also does what it was for. */
    spend: (secret: string): boolean => remove.run(digest(secret)).changes > 0,
    /** Those of a kind that are still good; the one that ends first comes first. */
    open: <K extends keyof TokenKinds>(kind: K): OpenToken<K>[] =>
      (open.all(kind, clock.now()) as { digest: Uint8Array; details: string; expires_at: number }[]).map((row) => ({
        id: Buffer.from(row.digest).toString('base64url'),
        details: JSON.parse(row.details) as TokenKinds[K],
        expiresAt: row.expires_at,
      })),
    /** Ends one by its id; false where there is none. */
    revoke: (id: string): boolean => write(() => remove.run(Buffer.from(id, 'base64url')).changes > 0),
    /** Inside a transaction of the caller. */
    forget: (account: string) => removeOf.run(account),
  };
}

/** Looked up by digest: the time that takes says nothing about the secret. */
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
