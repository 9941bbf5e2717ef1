import type { Clock } from '../../../ports/clock.ts';
import type { LocalDatabase } from '../database.ts';

/** A key that had no attempt for this long starts afresh. */
const forgetMs = 24 * 3_600_000;
/**
 * A guesser of one account waits long. An address may be a whole lab's, behind a proxy: there the wait only makes guessing
 * slow, and browsers that its members have used before do not share it.
 */
const longestWaitMs = { account: 15 * 60_000, browser: 15 * 60_000, address: 30_000 } as const;

/** Attempts without a wait. A lab behind one address shares the address's, and each success gives its attempt back. */
const free = { account: 5, browser: 5, address: 30 } as const;

export type ThrottleKey = `${keyof typeof free}:${string}`;

/** Kept in the database: a restart does not give a guesser new attempts. */
export interface Throttle {
  /**
   * Counts an attempt against every key, before its outcome is known, so that attempts at once do not slip through.
   * Returns 0, or how many milliseconds to wait; then nothing is counted.
   */
  attempt(keys: readonly ThrottleKey[]): number;
  /** The attempt was no guess: accounts and browsers start afresh, addresses get it back. */
  succeed(keys: readonly ThrottleKey[]): void;
}

/** After the free attempts each one doubles the wait: 1 s, 2 s, 4 s, to `longestWaitMs`. */
export function openThrottle({ sql, write }: LocalDatabase, clock: Clock): Throttle {
  const find = sql.prepare('SELECT failures, blocked_until FROM throttle WHERE key = ? AND changed_at > ?');
  const put = sql.prepare(`
    INSERT INTO throttle (key, failures, blocked_until, changed_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until, changed_at = excluded.changed_at`);
  const remove = sql.prepare('DELETE FROM throttle WHERE key = ?');
  const refund = sql.prepare(
    'UPDATE throttle SET failures = failures - 1, blocked_until = 0 WHERE key = ? AND failures > 0',
  );
  const sweep = sql.prepare('DELETE FROM throttle WHERE changed_at <= ?');

  return {
    attempt: (keys) =>
      write(() => {
        const now = clock.now();
        const rows = keys.map((key) => ({
          key,
          ...((find.get(key, now - forgetMs) as { failures: number; blocked_until: number } | undefined) ?? {
            failures: 0,
            blocked_until: 0,
          }),
        }));
        const wait = Math.max(0, ...rows.map((row) => row.blocked_until - now));
        if (wait > 0) return wait;
        sweep.run(now - forgetMs);
        for (const { key, failures } of rows) {
          const kind = key.slice(0, key.indexOf(':')) as keyof typeof free;
          const beyond = failures + 1 - free[kind];
          const blockMs = beyond < 0 ? 0 : Math.min(longestWaitMs[kind], 1000 * 2 ** beyond);
          put.run(key, failures + 1, now + blockMs, now);
        }
        return 0;
      }),
    succeed: (keys) =>
      write(() => {
        for (const key of keys) (key.startsWith('address:') ? refund : remove).run(key);
      }),
  };
}

/** One key for all addresses of one network: an IPv6 host chooses among 2^64 of its own. */
export function addressKey(address: string): ThrottleKey {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return `address:${v4}`;
  const [head = '', tail = ''] = address.toLowerCase().split('%')[0]!.split('::');
  const prefix = head.split(':').filter(Boolean);
  const back = tail.split(':').filter(Boolean);
  const missing = Math.max(0, 8 - prefix.length - back.length);
  const groups = [...prefix, ...Array<string>(missing).fill('0'), ...back];
  return `address:${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}`;
}
