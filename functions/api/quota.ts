import { Problem } from '../contract/problems.ts';
import { dayEnd, dayOf, type Plan, type PlanLimits } from '../core/plans.ts';
import type { Counters } from '../ports/usage.ts';
import type { Principal } from './request.ts';
import type { ApiServices } from './services.ts';

const next: Record<Exclude<keyof PlanLimits, 'jobsPerDay' | 'bytesPerDay'>, string> = {
  jobsAtOnce: 'wait until one of them ends, or cancel or delete one',
  filesPerJob: 'put the rest into another job',
  bytesPerFile: 'crop or split the image, or ask the admin for a larger plan',
  bytesPerArchive: 'upload the folder file by file, or split the zip',
};

/** Throws the problem `overPlan` when `used` and `more` together pass the plan's limit. `what`: of which they are. */
export function within(
  quota: keyof typeof next,
  plan: Plan,
  { used, more }: { used: number; more: number },
  what: string,
): void {
  const limit = plan[quota];
  if (used + more <= limit) return;
  throw new Problem(
    'overPlan',
    { what: `${what}: ${used + more} of ${limit}`, next: next[quota] },
    {
      extra: { quota, limit, used },
    },
  );
}

/** Counts what is about to be used today. Throws the problem `overDay`, with nothing counted. */
export async function spend(
  { owner, plan }: Principal,
  amounts: Partial<Counters>,
  { usage, ports: { clock } }: Pick<ApiServices, 'usage' | 'ports'>,
): Promise<void> {
  const now = clock.now();
  const limits = { jobs: plan.jobsPerDay, bytes: plan.bytesPerDay };
  const over = await usage.spend(owner, dayOf(now), amounts, limits);
  if (over === undefined) return;
  const { counter, used, limit } = over;
  const seconds = Math.ceil((dayEnd(now) - now) / 1000);
  throw new Problem(
    'overDay',
    { what: `${used} of ${limit} ${counter} are used today, and this needs ${amounts[counter]} more` },
    {
      extra: { quota: counter === 'jobs' ? 'jobsPerDay' : 'bytesPerDay', limit, used }, // files have no limit of the day
      headers: { 'Retry-After': String(seconds) },
    },
  );
}
