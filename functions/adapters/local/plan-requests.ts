import type { PlanRequest, PlanRequests } from '../../ports/plan-requests.ts';
import type { LocalDatabase } from './database.ts';

interface RequestRow {
  person: string;
  plan: string;
  asked_at: number;
}

const requestOf = ({ person, plan, asked_at }: RequestRow): PlanRequest => ({ person, plan, askedAt: asked_at });

export function localPlanRequests({ sql, change }: LocalDatabase): PlanRequests {
  const upsert = sql.prepare(
    `INSERT INTO plan_requests (person, plan, asked_at) VALUES (?, ?, ?)
     ON CONFLICT (person) DO UPDATE SET plan = excluded.plan, asked_at = excluded.asked_at`,
  );
  const one = sql.prepare('SELECT person, plan, asked_at FROM plan_requests WHERE person = ?');
  const all = sql.prepare('SELECT person, plan, asked_at FROM plan_requests ORDER BY asked_at, person');
  const remove = sql.prepare('DELETE FROM plan_requests WHERE person = ?1 AND plan = coalesce(?2, plan)');
  return {
    async ask({ person, plan, askedAt }) {
      await change(() => upsert.run(person, plan, askedAt));
    },
    async find(person) {
      const row = one.get(person) as RequestRow | undefined;
      return row && requestOf(row);
    },
    list: async () => (all.all() as unknown as RequestRow[]).map(requestOf),
    async remove(person, plan) {
      await change(() => remove.run(person, plan ?? null));
    },
  };
}
