import type { PlanLimits } from './contract.ts';

/** What one person may do. Limits are checked before anything is signed. */
export interface Plan extends PlanLimits {
  /** Requests: a bucket of `burst` that fills with `perSecond`. */
  rate: { perSecond: number; burst: number };
}

export type Plans = Record<string, Plan> & { standard: Plan };

const GB = 1e9;
const rate = { perSecond: 20, burst: 200 };

/** `standard` is for everybody who is in no group of another. */
export const defaultPlans: Plans = {
  standard: {
    jobsAtOnce: 20,
    jobsPerDay: 200,
    filesPerJob: 20_000,
    bytesPerFile: 50 * GB,
    bytesPerArchive: 500 * GB,
    bytesPerDay: 1000 * GB,
    rate,
  },
  large: {
    jobsAtOnce: 100,
    jobsPerDay: 2000,
    filesPerJob: 100_000,
    bytesPerFile: 500 * GB,
    bytesPerArchive: 2000 * GB,
    bytesPerDay: 10_000 * GB,
    rate,
  },
};

/** Groups of the identity provider that mean something here. */
export const adminGroup = 'admin';
export const planGroup = (plan: string): string => `plan:${plan}`;

/** The plan of somebody in these groups: of several the one listed last. */
export function planOf(plans: Plans, groups: readonly string[]): { name: string; plan: Plan } {
  const name = Object.keys(plans).findLast((each) => groups.includes(planGroup(each))) ?? 'standard';
  return { name, plan: plans[name]! };
}

/** Counters are of days in UTC: `2026-08-31`. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);
export const dayMs = 24 * 60 * 60 * 1000;
/** Milliseconds since 1970 at which the day ends. */
export const dayEnd = (now: number): number => (Math.floor(now / dayMs) + 1) * dayMs;
