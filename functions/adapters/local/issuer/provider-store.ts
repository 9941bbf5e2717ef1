import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Clock } from '../../../ports/clock.ts';
import type { LocalDatabase } from '../database.ts';

/**
 * Of each model, rows without an account that are kept: sign-ins and device codes in progress, which anyone can begin
 * without signing in. Beyond, the ones that end first are forgotten.
 */
const mostAnonymous = 1000;

/** Expired rows are looked for at most this often, when something is written. */
const sweepEveryMs = 60_000;

/**
 * What the provider keeps: sessions, grants, codes, refresh tokens, device codes, running sign-ins. Codes and refresh
 * tokens are consumed by one caller only, however many ask at once.
 */
export function providerStore({ sql, write }: LocalDatabase, clock: Clock) {
  const upsert = sql.prepare(`
    INSERT INTO artifacts (model, id, payload, grant_id, uid, user_code, account, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
      user_code = excluded.user_code, account = excluded.account, expires_at = excluded.expires_at`);
  const columns = 'SELECT payload, consumed_at FROM artifacts WHERE expires_at > ? AND';
  const byId = sql.prepare(`${columns} model = ? AND id = ?`);
  const byUid = sql.prepare(`${columns} model = ? AND uid = ?`);
  const byUserCode = sql.prepare(`${columns} model = ? AND user_code = ?`);
  const consume = sql.prepare(
    'UPDATE artifacts SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL',
  );
  const destroy = sql.prepare('DELETE FROM artifacts WHERE model = ? AND id = ?');
  const revokeGrant = sql.prepare('DELETE FROM artifacts WHERE grant_id = ?');
  const removeOf = sql.prepare('DELETE FROM artifacts WHERE account = ?');
  const removeAll = sql.prepare('DELETE FROM artifacts');
  const sweep = sql.prepare('DELETE FROM artifacts WHERE expires_at <= ?');
  const dropAnonymous = sql.prepare(
    `DELETE FROM artifacts WHERE model = ? AND account IS NULL AND id IN
     (SELECT id FROM artifacts WHERE model = ? AND account IS NULL ORDER BY expires_at DESC, id LIMIT -1 OFFSET ?)`,
  );
  let sweptAt = Number.NEGATIVE_INFINITY;

  const payloadOf = (row: unknown): AdapterPayload | undefined => {
    if (row === undefined) return undefined;
    const { payload, consumed_at: consumedAt } = row as { payload: string; consumed_at: number | null };
    return { ...(JSON.parse(payload) as AdapterPayload), ...(consumedAt === null ? {} : { consumed: consumedAt }) };
  };

  const adapter = (model: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      const { grantId, uid, userCode, accountId } = payload;
      const now = clock.now();
      const end = expiresIn === undefined ? Number.MAX_SAFE_INTEGER : now + 1000 * expiresIn;
      write(() => {
        if (now - sweptAt >= sweepEveryMs) sweep.run(now);
        upsert.run(
          model,
          id,
          JSON.stringify(payload),
          grantId ?? null,
          uid ?? null,
          userCode ?? null,
          accountId ?? null,
          end,
        );
        if (accountId === undefined) dropAnonymous.run(model, model, mostAnonymous);
      });
      if (now - sweptAt >= sweepEveryMs) sweptAt = now;
    },
    find: async (id) => payloadOf(byId.get(clock.now(), model, id)),
    findByUid: async (uid) => payloadOf(byUid.get(clock.now(), model, uid)),
    findByUserCode: async (code) => payloadOf(byUserCode.get(clock.now(), model, code)),
    async consume(id) {
      const { changes } = write(() => consume.run(Math.floor(clock.now() / 1000), model, id));
      if (changes === 0) throw new errors.InvalidGrant('already used');
    },
    async destroy(id) {
      write(() => destroy.run(model, id));
    },
    async revokeByGrantId(grantId) {
      write(() => revokeGrant.run(grantId));
    },
  });

  return {
    adapter,
    /** Signs an account out everywhere: its sessions, grants and refresh tokens. Inside a transaction of the caller. */
    forget: (account: string) => removeOf.run(account),
    forgetAll: () => write(() => removeAll.run()),
  };
}
