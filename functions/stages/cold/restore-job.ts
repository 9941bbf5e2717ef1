import { expeditedBytes, expeditedJobs } from '../../core/archive-cost.ts';
import type { Job } from '../../core/job.ts';
import type { RestoreTier } from '../../core/job-storage.ts';
import type { ColdMessage } from '../../core/messages.ts';
import { downloadRef } from '../../core/object-keys.ts';
import { isAway, storageOf } from '../../core/storage-steps.ts';
import type { ArchiveServices } from './services.ts';

/** `tier`: what it was asked for with. `waits`: it is on its way into the archive. `asked`: jobs of an owner that were sent on. */
export type RestoreResult = { tier: RestoreTier } | { asked: number } | 'waits' | 'kept' | 'nothing to restore';

/** A copy that can be read stays so long, if it is not taken. */
const thawedDays = 3;
const waitSeconds = 60;
const jobsPerMessage = 25;

type RestoreMessage = Extract<ColdMessage, { kind: 'restore' }>;
type RestoreAllMessage = Extract<ColdMessage, { kind: 'restoreAll' }>;

/**
 * Asks for the archived zip of a job: because its owner asked, or because their plan does not archive. What is not
 * archived yet stays. Asking again prolongs nothing.
 */
export async function restoreJob(message: RestoreMessage, services: ArchiveServices): Promise<RestoreResult> {
  const { jobs, queue, members } = services;
  const job = await jobs.get(message);
  if (job === undefined) return 'nothing to restore';
  const plan = await members.planOf(job.owner);
  if (message.asked !== true && plan.archiveAfterSeconds !== undefined) return 'nothing to restore';
  const { state, dueAt, round } = storageOf(job);
  if (state === 'archiving') {
    await queue.send('cold', [message], { delaySeconds: waitSeconds });
    return 'waits';
  }
  if (state === 'live' && dueAt !== undefined && plan.archiveAfterSeconds === undefined) {
    await jobs.moveStorage(job, { to: 'kept', round });
    return 'kept';
  }
  if (state !== 'archived' && state !== 'restoring') return 'nothing to restore';
  const isSmall = (storageOf(job).bytes ?? 0) <= expeditedBytes;
  return restore(job, message.slow !== true && isSmall ? (plan.restoreTier ?? 'standard') : 'standard', services);
}

/** Says that the zip is on its way, then asks for it: a crash between the two is found by sweep. */
async function restore(job: Job, tier: RestoreTier, services: ArchiveServices): Promise<RestoreResult> {
  const { jobs, queue } = services;
  const { state, round } = storageOf(job);
  if (state !== 'restoring') {
    const marked = await jobs.moveStorage(job, { to: 'restoring', round, tier });
    if (marked === undefined) return 'nothing to restore'; // another was faster, and asks
  }
  const asked = await askArchive(job, tier, services);
  if (asked.tier !== tier) await jobs.moveStorage(job, { to: 'restoring', round, tier: asked.tier });
  if (asked.answer === 'ready') await queue.send('cold', [{ kind: 'thaw', owner: job.owner, id: job.id }]);
  return { tier: asked.tier };
}

/** Asks for the zip: at once where the archive has capacity for that, else at the lower price. `tier`: what it became. */
export async function askArchive(
  job: Job,
  tier: RestoreTier,
  services: ArchiveServices,
): Promise<{ answer: 'started' | 'running' | 'ready'; tier: RestoreTier }> {
  const answer = await services.objects.coldStorage.requestThaw(downloadRef(job), { tier, days: thawedDays });
  if (answer !== 'noCapacity') return { answer, tier };
  if (tier === 'standard') throw new Error('the archive takes no request now');
  return askArchive(job, 'standard', services);
}

/** Sends a message for each job of an owner that is archived, or about to be, some jobs a time. */
export async function restoreAll(
  { owner, cursor, sent = 0 }: RestoreAllMessage,
  { jobs, queue, members }: ArchiveServices,
): Promise<RestoreResult> {
  if ((await members.planOf(owner)).archiveAfterSeconds !== undefined) return 'nothing to restore';
  const page = await jobs.list(owner, { limit: jobsPerMessage, ...(cursor !== undefined && { cursor }) });
  const away = page.items.filter(isAway);
  await queue.send(
    'cold',
    away.map(({ id }, i) => ({
      kind: 'restore',
      owner,
      id,
      ...(sent + i >= expeditedJobs && { slow: true as const }),
    })),
  );
  if (page.cursor !== undefined)
    await queue.send('cold', [{ kind: 'restoreAll', owner, cursor: page.cursor, sent: sent + away.length }]);
  return { asked: away.length };
}
