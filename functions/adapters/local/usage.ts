import type { Counters, Usage } from '../../ports/usage.ts';
import type { LocalDatabase } from './database.ts';

const counters = ['jobs', 'files', 'bytes'] as const satisfies (keyof Counters)[];

export function localUsage({ sql, change }: LocalDatabase): Usage {
  const select = sql.prepare('SELECT jobs, files, bytes FROM usage WHERE owner = ? AND day = ?');
  const upsert = sql.prepare(
    `INSERT INTO usage (owner, day, jobs, files, bytes) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (owner, day) DO UPDATE SET jobs = excluded.jobs, files = excluded.files, bytes = excluded.bytes`,
  );
  const total = sql.prepare(
    'SELECT owner, sum(jobs) AS jobs, sum(files) AS files, sum(bytes) AS bytes FROM usage WHERE day BETWEEN ? AND ? GROUP BY owner',
  );
  const forget = sql.prepare('DELETE FROM usage WHERE day < ?');
  const forgetOwner = sql.prepare('DELETE FROM usage WHERE owner = ?');
  const find = (owner: string, day: string): Counters => {
    const { jobs = 0, files = 0, bytes = 0 } = (select.get(owner, day) ?? {}) as Partial<Counters>;
    return { jobs, files, bytes };
  };
  return {
    async spend(owner, day, amounts, limits) {
      return change(() => {
        const used = find(owner, day);
        for (const counter of counters) {
          const more = amounts[counter] ?? 0;
          const limit = limits[counter] ?? Number.POSITIVE_INFINITY;
          if (more > 0 && used[counter] + more > limit) return { counter, used: used[counter], limit };
        }
        const [jobs, files, bytes] = counters.map((counter) => used[counter] + (amounts[counter] ?? 0));
        upsert.run(owner, day, jobs!, files!, bytes!);
        return undefined;
      });
    },
    async of(owner, day) {
      return find(owner, day);
    },
    async total(from, to) {
      const rows = total.all(from, to) as unknown as (Counters & { owner: string })[];
      return new Map(rows.map(({ owner, jobs, files, bytes }) => [owner, { jobs, files, bytes }]));
    },
    async forgetOwner(owner) {
      await change(() => forgetOwner.run(owner));
    },
    async forget(before) {
      await change(() => forget.run(before));
    },
  };
}
