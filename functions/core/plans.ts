import type { RestoreTier } from './job-storage.ts';
import { dayMs } from './time.ts';

/** What one person may do in numbers, as the API shows them. */
export interface PlanLimits {
  jobsAtOnce: number;
  jobsPerDay: number;
  filesPerJob: number;
  bytesPerFile: number;
  bytesPerArchive: number;
  bytesPerDay: number;
}

/** What one person may do. Limits are checked before anything is signed. */
export interface Plan extends PlanLimits {
  /** Requests: a bucket of `burst` that fills with `perSecond`. */
  rate: { perSecond: number; burst: number };
  /** Results go to the archive so long after the job completed; absent: they do not. */
  archiveAfterSeconds?: number;
  /** Of results that this plan archives: they are deleted so many days after; absent: with their job. */
  archiveDays?: number;
  /** How fast the owner gets archived results back. Absent from a plan that archives: they come back with another plan only. */
  restoreTier?: RestoreTier;
}

/** By name. `standard` is everybody's who has no other. */
export type Plans = Readonly<Record<string, Plan>> & { readonly standard: Plan };

const GB = 1e9;
const rate = { perSecond: 20, burst: 200 };

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

/** Of a service that archives: two plans more, and those of before, which do not archive. */
export const archivingPlans = {
  ...defaultPlans,
  free: { ...defaultPlans.standard, archiveAfterSeconds: 300, archiveDays: 365 },
  premium: { ...defaultPlans.large!, restoreTier: 'expedited' },
} satisfies Plans;

const noLimit = Number.MAX_SAFE_INTEGER;

/** Of a machine with one person: there are no other users to share it with, and no admin to ask for more. */
export const onePersonPlans: Plans = {
  standard: {
    ...defaultPlans.standard,
    filesPerJob: 100_000,
    jobsAtOnce: noLimit,
    jobsPerDay: noLimit,
    bytesPerDay: noLimit,
  },
};

/** A plan that this service does not have counts as none: its limits are not known. */
export function planOf(plans: Plans, wanted: string | undefined): { name: string; plan: Plan } {
  const name = wanted !== undefined && Object.hasOwn(plans, wanted) ? wanted : 'standard';
  return { name, plan: plans[name]! };
}

/** Counters are of days in UTC: `2026-08-31`. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);
/** Milliseconds since 1970 at which the day ends. */
export const dayEnd = (now: number): number => (Math.floor(now / dayMs) + 1) * dayMs;
