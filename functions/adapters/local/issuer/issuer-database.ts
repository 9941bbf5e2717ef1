import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalDatabase, openSqlite } from '../database.ts';

/** Times are milliseconds since 1970. Secrets of links are kept as their SHA-256 only. */
const migrations = [
  `
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT,
    password TEXT NOT NULL,
    state TEXT NOT NULL,
    admin INTEGER NOT NULL,
    plan TEXT,
    created_at INTEGER NOT NULL,
    signed_in_at INTEGER
  ) STRICT;

  CREATE TABLE tickets (
    digest BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    details TEXT NOT NULL,
    account TEXT,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE throttle (
    key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE artifacts (
    model TEXT NOT NULL,
    id TEXT NOT NULL,
    payload TEXT NOT NULL,
    grant_id TEXT,
    uid TEXT,
    user_code TEXT,
    account TEXT,
    consumed_at INTEGER,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (model, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX artifacts_by_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX artifacts_by_uid ON artifacts (model, uid) WHERE uid IS NOT NULL;
  CREATE INDEX artifacts_by_user_code ON artifacts (user_code) WHERE user_code IS NOT NULL;
  CREATE INDEX artifacts_by_account ON artifacts (account) WHERE account IS NOT NULL;
  CREATE INDEX artifacts_by_end ON artifacts (expires_at);

  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL,
    address TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX identities_by_account ON identities (account);
  `,
];

export const databaseFile = (folder: string): string => join(folder, 'accounts.db');

/** Opens `accounts.db` of the data folder: people, their sessions, the links that are out. Only the user who runs the service may read it. */
export function openIssuerDatabase(folder: string): LocalDatabase {
  mkdirSync(folder, { recursive: true });
  const file = databaseFile(folder);
  closeSync(openSync(file, 'a', 0o600)); // SQLite gives its journals the mode of the database
  chmodSync(file, 0o600);
  return openSqlite(file, migrations, { durable: true });
}
