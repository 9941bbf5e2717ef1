import type { ColdMessage } from '../../core/messages.ts';
import { downloadRef } from '../../core/object-keys.ts';
import { isOver, storageOf } from '../../core/storage-steps.ts';
import { type RestoreResult, restoreJob } from './restore-job.ts';
import type { ArchiveServices } from './services.ts';

/** `deleted`: bytes of the zip. What the plan does not archive any more is restored instead. */
export type ExpireResult = { deleted: number } | RestoreResult | 'nothing to delete';

type ExpireMessage = Extract<ColdMessage, { kind: 'expire' }>;

/**
 * Deletes the archived zip of a job once its time in the archive is over; previews and tables stay. Safe to repeat: the job
 * is marked first, and sweep comes again until nothing is left.
 */
export async function expireJob({ owner, id }: ExpireMessage, services: ArchiveServices): Promise<ExpireResult> {
  const { jobs, objects, members, clock } = services;
  let job = await jobs.get({ owner, id });
  if (job === undefined) return 'nothing to delete';
  const { round } = storageOf(job);
  if (isOver(storageOf(job), clock.now())) {
    if ((await members.planOf(owner)).archiveAfterSeconds === undefined)
      return restoreJob({ kind: 'restore', owner, id }, services);
    job = await jobs.moveStorage(job, { to: 'deleted', round });
  }
  if (job === undefined || storageOf(job).state !== 'deleted') return 'nothing to delete';
  await objects.remove(downloadRef(job));
  await jobs.moveStorage(job, { to: 'emptied', round });
  return { deleted: storageOf(job).bytes ?? 0 };
}
