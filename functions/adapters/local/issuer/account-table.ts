import { emailKey } from '../../../identity/email-address.ts';
import type { Account, AccountState } from '../../../ports/identity.ts';
import type { LocalDatabase } from '../database.ts';

export interface StoredAccount extends Account {
  /** As `Passwords.hash` gives it; empty: none, of who signs in with an institution alone. */
  password: string;
}

interface Row {
  id: string;
  email: string;
  name: string | null;
  password: string;
  state: AccountState;
  admin: number;
  plan: string | null;
  created_at: number;
  signed_in_at: number | null;
}

/** The rows of the accounts; changes belong inside a transaction of the caller. */
export function accountTable({ sql }: LocalDatabase) {
  const byId = sql.prepare('SELECT * FROM accounts WHERE id = ?');
  const byEmail = sql.prepare('SELECT * FROM accounts WHERE email_key = ?');
  const list = sql.prepare('SELECT * FROM accounts ORDER BY created_at, id');
  const otherAdmins = sql.prepare(
    "SELECT count(*) AS n FROM accounts WHERE admin = 1 AND state = 'active' AND id <> ?",
  );
  const insert = sql.prepare(`
    INSERT INTO accounts (id, email, email_key, name, password, state, admin, plan, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = sql.prepare(
    'UPDATE accounts SET password = ?, state = ?, admin = ?, plan = ?, signed_in_at = ? WHERE id = ?',
  );
  const remove = sql.prepare('DELETE FROM accounts WHERE id = ?');

  return {
    byId: (id: string) => accountOf(byId.get(id) as Row | undefined),
    /** Undefined also for what is not an address. */
    byEmail(email: string) {
      const key = emailKey(email);
      return key === undefined ? undefined : accountOf(byEmail.get(key) as Row | undefined);
    },
    list: () => (list.all() as unknown as Row[]).map((row) => accountOf(row)!),
    /** Active administrators other than this account. */
    otherAdmins: (id: string) => (otherAdmins.get(id) as { n: number }).n,
    insert(account: StoredAccount) {
      const { id, email, name, password, state, admin, plan, createdAt } = account;
      insert.run(id, email, emailKey(email)!, name ?? null, password, state, Number(admin), plan ?? null, createdAt);
    },
    /** Writes what `account` holds and `changes` changes: read it in the same transaction. */
    update(account: StoredAccount, changes: Partial<Omit<StoredAccount, 'plan'>> & { plan?: string | undefined }) {
      const { id, password, state, admin, plan, lastSignInAt } = { ...account, ...changes };
      update.run(password, state, Number(admin), plan ?? null, lastSignInAt ?? null, id);
    },
    remove: (id: string) => remove.run(id),
  };
}

function accountOf(row: Row | undefined): StoredAccount | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    email: row.email,
    ...(row.name === null ? {} : { name: row.name }),
    password: row.password,
    state: row.state,
    admin: row.admin === 1,
    ...(row.plan === null ? {} : { plan: row.plan }),
    createdAt: row.created_at,
    ...(row.signed_in_at === null ? {} : { lastSignInAt: row.signed_in_at }),
  };
}
