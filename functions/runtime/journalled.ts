import { Failure } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import type { PredictMessage } from '../core/messages.ts';
import { isTerminal } from '../core/transitions.ts';
import { finishAndAdvance } from '../jobs/advance.ts';
import type { Ports } from '../ports/ports.ts';
import type { PredictResult } from '../stages/predict/predict.ts';
import type { WorkJournal } from './work-journal.ts';

export interface SuspectImages {
  journal: WorkJournal;
  /** In a process of its own; `died`: the image ended that, too. */
  predictAlone(image: PredictMessage, job: Job, signal: AbortSignal): Promise<'ended' | 'died'>;
}

/**
 * Predicts with a note that the image is in work. One that was in work when an earlier process ended is tried in a
 * process of its own first: where that dies as well, the image is failed by name, and stays noted, so that a retry goes
 * the same way. Whoever is killed by something else loses nothing.
 */
export async function journalled(
  image: PredictMessage,
  predict: () => Promise<PredictResult>,
  { suspects, ports, signal }: { suspects: SuspectImages | undefined; ports: Ports; signal: AbortSignal },
): Promise<PredictResult> {
  if (suspects === undefined) return predict();
  const { journal } = suspects;
  if (journal.isSuspect(image)) {
    const job = await ports.jobs.get(image);
    const pending =
      job !== undefined && !isTerminal(job) && (await ports.jobs.file(job, image.path))?.state === 'pending';
    if (pending && (await suspects.predictAlone(image, job, signal)) === 'died') {
      const failed = new Failure('gaveUp', { detail: 'the process ended while reading it' });
      const { code, message } = failed;
      await finishAndAdvance(image, image.path, { state: 'failed', failure: { code, message } }, ports);
      return { failed };
    }
  }
  journal.begin(image);
  try {
    return await predict();
  } finally {
    journal.end(image);
  }
}
