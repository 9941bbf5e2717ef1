import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import type { ZipMessage } from '../../core/messages.ts';
import { isTerminal } from '../../core/transitions.ts';
import { sendNotice, sendToArchive } from '../../jobs/advance.ts';
import type { Ports } from '../../ports/ports.ts';
import { type PackageServices, writeResults } from './write-results.ts';

/** `job`: as it ended. `bytes`: of the zip, absent where none was asked for. */
export type PackageResult = { job: Job; bytes?: number } | { failed: Failure } | 'not packaging';

/** In which the archive says when the results go there. */
const noticeDelaySeconds = 5;

/**
 * Writes the tables of a job, then the zip of all its results, then completes it. Only for the message's generation: an
 * earlier round's message changes nothing. Safe to repeat and to run twice at once: the bytes are the same. A result
 * that is missing or damaged fails the job. Either way its owner is notified.
 */
export async function packageResults(
  message: ZipMessage,
  services: PackageServices & Pick<Ports, 'archiving'>,
): Promise<PackageResult> {
  const job = await services.jobs.get(message);
  if (job === undefined || job.generation !== message.generation) return 'not packaging';
  const result = isOurs(job, message) ? await packageOurs(job, message, services) : 'not packaging';
  // A job that had ended before: an earlier delivery may have died between that and its notice.
  const isOver = result !== 'not packaging' || isTerminal(job);
  if (!isOver) return result;
  if (services.archiving) await sendToArchive(job, services.queue); // first, so that the notice knows until when
  await sendNotice(message, services.queue, services.archiving ? noticeDelaySeconds : 0);
  return result;
}

async function packageOurs(job: Job, message: ZipMessage, services: PackageServices): Promise<PackageResult> {
  const { jobs } = services;
  try {
    const bytes = await writeResults(job, services, () => assertOurs(message, services));
    const completed = await jobs.complete(message, message.generation);
    if (completed === undefined) return 'not packaging'; // a second delivery was faster
    return { job: completed, ...(bytes !== undefined && { bytes }) };
  } catch (error) {
    // A newer round changes what this one reads; whatever broke, it is no longer our business.
    if (error instanceof Superseded || !(await isStillOurs(message, services))) return 'not packaging';
    if (!(error instanceof Failure && (error.code === 'objectMissing' || error.code === 'objectCorrupt'))) throw error;
    await jobs.fail(message, { code: error.code, message: error.message }, message.generation);
    return { failed: error };
  }
}

/** The job went on while this delivery worked. */
class Superseded extends Error {}

const isOurs = (job: Job, { generation }: ZipMessage) => job.state === 'packaging' && job.generation === generation;

async function isStillOurs(message: ZipMessage, { jobs }: PackageServices): Promise<boolean> {
  const job = await jobs.get(message);
  return job !== undefined && isOurs(job, message);
}

async function assertOurs(message: ZipMessage, services: PackageServices): Promise<void> {
  services.signal?.throwIfAborted();
  if (!(await isStillOurs(message, services))) throw new Superseded();
}
