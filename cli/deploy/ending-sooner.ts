import type { Config } from '../../infra/config.ts';

/** What people have now and lose by other settings, though no resource goes. Days that something is kept; names of plans. */
export interface EndingSooner {
  results?: { before: number; after: number };
  inputs?: { before: number; after: number };
  plans?: string[];
}

const inputDaysOf = ({ inputDays, retentionDays }: Config): number => Math.min(inputDays, retentionDays);

/** Undefined where nothing ends sooner than it would have. */
export function endingSooner(before: Config, after: Config): EndingSooner | undefined {
  const [results, inputs] = [({ retentionDays }: Config) => retentionDays, inputDaysOf].map((daysOf) => {
    const days = { before: daysOf(before), after: daysOf(after) };
    return days.after < days.before ? days : undefined;
  });
  const plans = Object.keys(before.plans).filter((name) => !Object.hasOwn(after.plans, name));
  if (results === undefined && inputs === undefined && plans.length === 0) return undefined;
  return { ...(results && { results }), ...(inputs && { inputs }), ...(plans.length > 0 && { plans }) };
}
