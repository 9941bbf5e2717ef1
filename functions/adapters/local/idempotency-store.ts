import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyStore } from '../../ports/idempotency-store.ts';
import type { LocalDatabase } from './database.ts';

interface Row {
  request: string;
  status: number | null;
  body: string | null;
}

/** Old answers go a few at a time, with new claims. */
const forgottenAtOnce = 20;

export function localIdempotencyStore({ sql, change }: LocalDatabase, clock: Clock): IdempotencyStore {
  const select = sql.prepare('SELECT request, status, body FROM answers WHERE owner = ? AND key = ? AND until > ?');
  const claim = sql.prepare('INSERT OR REPLACE INTO answers (owner, key, request, until) VALUES (?, ?, ?, ?)');
  const keep = sql.prepare('UPDATE answers SET status = ?, body = ?, until = ? WHERE owner = ? AND key = ?');
  const release = sql.prepare('DELETE FROM answers WHERE owner = ? AND key = ? AND status IS NULL');
  const forget = sql.prepare(
    `DELETE FROM answers WHERE (owner, key) IN (SELECT owner, key FROM answers WHERE until <= ? ORDER BY until LIMIT ${forgottenAtOnce})`,
  );
  const forgetOwner = sql.prepare('DELETE FROM answers WHERE owner = ?');
  return {
    async claim(owner, key, request, leaseSeconds) {
      return change(() => {
        const now = clock.now();
        forget.run(now);
        const known = select.get(owner, key, now) as Row | undefined;
        if (known === undefined) {
          claim.run(owner, key, request, now + leaseSeconds * 1000);
          return 'fresh';
        }
        if (known.request !== request) return 'other';
        return known.status === null ? 'running' : { status: known.status, body: known.body! };
      });
    },
    async keep(owner, key, { status, body }, seconds) {
      await change(() => keep.run(status, body, clock.now() + seconds * 1000, owner, key));
    },
    async release(owner, key) {
      await change(() => release.run(owner, key));
    },
    async forgetOwner(owner) {
      await change(() => forgetOwner.run(owner));
    },
  };
}
