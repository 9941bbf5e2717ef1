import type { Counters, Usage } from '../../ports/usage.ts';
import type { LocalDatabase } from './database.ts';

const counters = ['jobs', 'bytes'] as const satisfies (keyof Counters)[];

export function localUsage({ sql, change }: LocalDatabase): Usage {
  const select = sql.prepare('SELECT jobs, bytes FROM usage WHERE owner = ? AND day = ?');
  const upsert = sql.prepare(
    `INSERT INTO usage (owner, day, jobs, bytes) VALUES (?, ?, ?, ?)
     ON CONFLICT (owner, day) DO UPDATE SET jobs = excluded.jobs, bytes = excluded.bytes`,
  );
  const forget = sql.prepare('DELETE FROM usage WHERE day < ?');
  const find = (owner: string, day: string): Counters => {
    const { jobs = 0, bytes = 0 } = (select.get(owner, day) ?? {}) as Partial<Counters>;
    return { jobs, bytes };
  };
  return {
    async spend(owner, day, amounts, limits) {
      return change(() => {
        const used = find(owner, day);
        for (const counter of counters) {
          const more = amounts[counter] ?? 0;
          if (more > 0 && used[counter] + more > limits[counter]) {
            return { counter, used: used[counter], limit: limits[counter] };
          }
        }
        upsert.run(owner, day, used.jobs + (amounts.jobs ?? 0), used.bytes + (amounts.bytes ?? 0));
        return undefined;
      });
    },
    async of(owner, day) {
      return find(owner, day);
    },
    async forget(before) {
      await change(() => forget.run(before));
    },
  };
}
