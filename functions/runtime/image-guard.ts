import { Failure } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import type { PredictMessage } from '../core/messages.ts';
import { isTerminal } from '../core/transitions.ts';
import { finishAndAdvance } from '../jobs/advance.ts';
import type { ImageGuard } from '../stages/handler.ts';
import type { WorkJournal } from './work-journal.ts';

export interface SuspectImages {
  journal: WorkJournal;
  /** In a process of its own; `died`: the image ended that, too. */
  predictAlone(image: PredictMessage, job: Job, signal: AbortSignal): Promise<'ended' | 'died'>;
}

/**
 * Notes each image that is in work. One that was in work when an earlier process ended is tried in a process of its own
 * first: where that dies as well, the image is failed by name, and stays noted, so that a retry goes the same way. Whoever
 * is killed by something else loses nothing.
 */
export const imageGuard =
  ({ journal, predictAlone }: SuspectImages): ImageGuard =>
  async (image, predict, { jobs, queue, signal = new AbortController().signal }) => {
    let triedAlone = false;
    if (journal.isSuspect(image)) {
      const job = await jobs.get(image);
      const isOpen = job !== undefined && !isTerminal(job);
      const pending = isOpen && (await jobs.file(job, image.path))?.state === 'pending';
      if (pending && (await predictAlone(image, job, signal)) === 'died') {
        const failed = new Failure('gaveUp', { detail: 'the process ended while reading it' });
        const { code, message } = failed;
        await finishAndAdvance(image, image.path, { state: 'failed', failure: { code, message } }, { jobs, queue });
        return { failed };
      }
      triedAlone = pending;
    }
    journal.begin(image);
    try {
      const result = await predict();
      // its results are of this process's time, not of an earlier one's
      return triedAlone && typeof result === 'object' && 'summary' in result ? { ...result, reused: false } : result;
    } finally {
      journal.end(image);
    }
  };
