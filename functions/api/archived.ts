import { Problem } from '../contract/problems.ts';
import type { Job } from '../core/job.ts';
import { isLive, storageOf } from '../core/storage-steps.ts';
import type { ObjectHead } from '../ports/object-store.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { jobView } from './views.ts';

/**
 * Throws the problem `resultArchived` for a job whose results are not here, with what to do about it, or `resultDeleted`.
 * `zip`: what is asked for. It is given out while the archive could not take it yet, such as a disk that is full.
 */
export function assertLive(job: Job, zip?: ObjectHead): void {
  if (isLive(job)) return;
  const { state, readyBy, since } = storageOf(job);
  if (state === 'archiving' && zip !== undefined && zip.cold === undefined) return;
  const day = (time: number) => new Date(time).toISOString();
  if (state === 'deleted') throw new Problem('resultDeleted', { when: day(since) });
  if (state === 'archiving' || state === 'archived') {
    const next = 'a button on its page brings them back, as labdeploy jobs restore and another plan do';
    throw new Problem('resultArchived', { why: `they went to the archive at ${day(since)}`, next });
  }
  const next = readyBy === undefined ? 'ask again in a minute' : `ask again at about ${day(readyBy)}`;
  throw new Problem('resultArchived', { why: 'they are on their way back', next });
}

export function archiveHandlers({ ports: { jobs, queue, archiving } }: ApiServices): Pick<Handlers, 'restoreJob'> {
  return {
    async restoreJob({ who: { plan }, job: { owner, id } }) {
      const job = await jobs.get({ owner, id });
      if (job === undefined) throw new Problem('jobMissing', { id });
      if (isLive(job)) return jobView(job);
      if (storageOf(job).state === 'deleted') assertLive(job);
      if (archiving === undefined) throw new Problem('archiveOff', {});
      if (plan.archiveAfterSeconds !== undefined && plan.restoreTier === undefined)
        throw new Problem('planArchives', {});
      await queue.send('cold', [{ kind: 'restore', owner, id, asked: true }]);
      return jobView(job);
    },
  };
}
