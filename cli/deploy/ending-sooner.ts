import type { Config } from '../../infra/config.ts';

/** What people have now and lose by other settings, though nothing that holds data goes. */
export interface EndingSooner {
  /** Days that something is kept. */
  results?: { before: number; after: number };
  inputs?: { before: number; after: number };
  logs?: { before: number; after: number };
  /** Names of plans, and of institutions that people sign in with. */
  plans?: string[];
  institutions?: string[];
}

const inputDaysOf = ({ inputDays, retentionDays }: Config): number => Math.min(inputDays, retentionDays);

/** Undefined where nothing ends sooner than it would have. */
export function endingSooner(before: Config, after: Config): EndingSooner | undefined {
  const sooner = (daysOf: (config: Config) => number) => {
    const days = { before: daysOf(before), after: daysOf(after) };
    return days.after < days.before ? days : undefined;
  };
  const gone = (namesOf: (config: Config) => string[]) => {
    const kept = namesOf(after);
    const names = namesOf(before).filter((name) => !kept.includes(name));
    return names.length === 0 ? undefined : names;
  };
  const lost = Object.entries({
    results: sooner(({ retentionDays }) => retentionDays),
    inputs: sooner(inputDaysOf),
    logs: sooner(({ logRetentionDays }) => logRetentionDays),
    plans: gone(({ plans }) => Object.keys(plans)),
    institutions: gone(({ signInWith }) => signInWith.map(({ name }) => name)),
  }).filter(([, each]) => each !== undefined);
  return lost.length === 0 ? undefined : Object.fromEntries(lost);
}
