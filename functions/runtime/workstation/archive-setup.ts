import type { LocalDatabase } from '../../adapters/local/database.ts';
import { localPlanRequests } from '../../adapters/local/plan-requests.ts';
import type { ApiServices } from '../../api/services.ts';
import type { Upgrades } from '../../core/features.ts';
import { mapValues } from '../../core/map-values.ts';
import { archivingPlans, defaultPlans, onePersonPlans, type Plan, type Plans } from '../../core/plans.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Accounts } from '../../ports/identity.ts';
import type { Queue } from '../../ports/queue.ts';

/** An archive that is a folder on another disk. */
export interface ArchiveSetup {
  /** It must be there. */
  folder: string;
  /** Of people without a plan, and of one person who has the service alone; absent: their results stay. */
  afterSeconds?: number;
  /** Archived results are deleted so many days after; absent: as the plan says, and of who has none with their job. */
  days?: number;
  /** How people get another plan by themselves. Default: not at all. */
  upgrades?: Upgrades;
  /** A payment service signs its events with it; absent: there is none. */
  billingSecret?: string;
}

export const archiveTo = (archive: ArchiveSetup | undefined): { archiveTo?: string } =>
  archive === undefined ? {} : { archiveTo: archive.folder };

/** What each person may do. */
export function servicePlans({ users, archive }: { users: boolean; archive: ArchiveSetup | undefined }): Plans {
  const plans = users ? (archive === undefined ? defaultPlans : archivingPlans) : onePersonPlans;
  if (archive === undefined) return plans;
  const { afterSeconds, days } = archive;
  const standard = {
    ...plans.standard,
    ...(afterSeconds !== undefined && { archiveAfterSeconds: afterSeconds, restoreTier: 'expedited' as const }),
  };
  const inDays = (plan: Plan): Plan =>
    plan.archiveAfterSeconds === undefined || days === undefined ? plan : { ...plan, archiveDays: days };
  return { ...mapValues(plans, inDays), standard: inDays(standard) };
}

/** What the API needs to change plans; nothing where results are not archived, or one person has the service alone. */
export function planChanges(
  archive: ArchiveSetup | undefined,
  { users, accounts, database }: { users: boolean; accounts: Accounts; database: LocalDatabase },
): Pick<ApiServices, 'planChanges'> {
  if (archive === undefined || !users) return {};
  const { upgrades = 'off', billingSecret: secret } = archive;
  return {
    planChanges: {
      ...{ accounts, requests: localPlanRequests(database), upgrades },
      ...(secret !== undefined && { billing: { secret: async () => secret, clock: systemClock } }),
    },
  };
}

/** An administrator gave a plan on the page of members: what the person asked for is answered, and what was archived comes back. */
export function onPlanGiven(
  archive: ArchiveSetup | undefined,
  { queue, database }: { queue: Queue; database: LocalDatabase },
): { onPlanGiven?(person: string): Promise<void> } {
  if (archive === undefined) return {};
  return {
    async onPlanGiven(person) {
      await queue.send('cold', [{ kind: 'restoreAll', owner: person }]);
      await localPlanRequests(database).remove(person);
    },
  };
}
