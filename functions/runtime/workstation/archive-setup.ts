import { archivingPlans, defaultPlans, onePersonPlans, type Plans } from '../../core/plans.ts';

/** An archive that is a folder on another disk. */
export interface ArchiveSetup {
  /** It must be there. */
  folder: string;
  /** Of people without a plan, and of one person who has the service alone; absent: their results stay. */
  afterSeconds?: number;
}

export const archiveTo = (archive: ArchiveSetup | undefined): { archiveTo?: string } =>
  archive === undefined ? {} : { archiveTo: archive.folder };

/** What each person may do. */
export function servicePlans({ users, archive }: { users: boolean; archive: ArchiveSetup | undefined }): Plans {
  const plans = users ? (archive === undefined ? defaultPlans : archivingPlans) : onePersonPlans;
  if (archive?.afterSeconds === undefined) return plans;
  const standard = { ...plans.standard, archiveAfterSeconds: archive.afterSeconds, restoreTier: 'expedited' as const };
  return { ...plans, standard };
}
