import type { LocalDatabase } from '../database.ts';

/** Who signs in with an institution: its issuer and the subject there, which is never given again. */
export interface StoredIdentity {
  issuer: string;
  subject: string;
  /** Of `accounts`. */
  account: string;
  /** As the institution said it when it was connected; only to be shown. */
  address?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

interface Row {
  issuer: string;
  subject: string;
  account: string;
  address: string | null;
  created_at: number;
}

/** The rows of the identities; changes belong inside a transaction of the caller. */
export function identityTable({ sql }: LocalDatabase) {
  const find = sql.prepare('SELECT * FROM identities WHERE issuer = ? AND subject = ?');
  const of = sql.prepare('SELECT * FROM identities WHERE account = ? ORDER BY created_at, issuer, subject');
  const insert = sql.prepare(
    'INSERT INTO identities (issuer, subject, account, address, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = sql.prepare('DELETE FROM identities WHERE issuer = ? AND account = ?');
  const removeOf = sql.prepare('DELETE FROM identities WHERE account = ?');

  return {
    find: (issuer: string, subject: string) => identityOf(find.get(issuer, subject) as Row | undefined),
    of: (account: string) => (of.all(account) as unknown as Row[]).map((row) => identityOf(row)!),
    insert({ issuer, subject, account, address, createdAt }: StoredIdentity) {
      insert.run(issuer, subject, account, address ?? null, createdAt);
    },
    /** Of one account: all that it has at this issuer. */
    remove: (issuer: string, account: string) => remove.run(issuer, account),
    removeOf: (account: string) => removeOf.run(account),
  };
}

function identityOf(row: Row | undefined): StoredIdentity | undefined {
  if (row === undefined) return undefined;
  const { issuer, subject, account, address, created_at: createdAt } = row;
  return { issuer, subject, account, ...(address === null ? {} : { address }), createdAt };
}
