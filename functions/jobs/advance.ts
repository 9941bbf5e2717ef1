import type { Job, Outcome } from '../core/job.ts';
import type { JobRef } from '../core/object-keys.ts';
import { storageOf } from '../core/storage-steps.ts';
import { isReady } from '../core/transitions.ts';
import { allPages } from '../object-streams/all-pages.ts';
import type { Ports } from '../ports/ports.ts';

/*
 * The steps that take a job on, in the order that survives a crash between any two of them. Each is safe to repeat, by
 * the same caller or by another; sweep repeats those whose caller died.
 */

type Stores = Pick<Ports, 'jobs' | 'queue'>;

const filesPerPage = 1000;

/** Every file of the job ended, or its manifest was closed: the one caller that finds it ready sends it to zip. */
export async function advance(ref: JobRef, { jobs, queue }: Stores): Promise<Job | undefined> {
  const job = await jobs.startPackaging(ref);
  if (job !== undefined) await sendToZip(job, queue); // a crash here leaves `packaging` without message: sweep sends it
  return job;
}

export const sendToZip = ({ owner, id, generation }: Job, queue: Ports['queue']): Promise<void> =>
  queue.send('zips', [{ owner, id, generation }]);

/**
 * Has the owner notified that the job ended in this generation; notify looks whether it did. Sent after the end: who comes to
 * the same step again and finds the job ended sends it again, since the one before may have died between the two.
 */
export const sendNotice = (
  { owner, id, generation }: JobRef & { generation: number },
  queue: Ports['queue'],
  delaySeconds = 0,
): Promise<void> => queue.send('notices', [{ owner, id, generation }], { delaySeconds });

/** Has the owner notified that the results are back from the archive; as often as needed, in one round they are one notice. */
export const sendRestored = (job: Job, queue: Ports['queue']): Promise<void> =>
  queue.send('notices', [{ owner: job.owner, id: job.id, generation: job.generation, restored: storageOf(job).round }]);

/** A job that completed may go to the archive, as its owner's plan says. More messages than one do no harm. */
export const sendToArchive = (job: Job, queue: Ports['queue']): Promise<void> =>
  queue.send('cold', [
    { kind: 'archive', owner: job.owner, id: job.id, generation: job.generation, round: storageOf(job).round },
  ]);

/** Records how one file ended. Returns false when that was known already, or the job no longer waits for it. */
export async function finishAndAdvance(ref: JobRef, path: string, outcome: Outcome, stores: Stores): Promise<boolean> {
  const job = await stores.jobs.finishFile(ref, path, outcome);
  // Not the first to finish it: the first may have died before its next step.
  if (job === undefined || isReady(job)) await advance(ref, stores);
  return job !== undefined;
}

/**
 * The folder is complete: closes its manifest. Sealed first, so that a job that is left `uploading` can be distinguished from one
 * whose files still come.
 */
export async function sealAndAdvance(ref: JobRef, stores: Stores): Promise<void> {
  await stores.jobs.seal(ref);
  await stores.jobs.submit(ref);
  await advance(ref, stores);
}

/** The zip of the folder is in `uploads`: unzip registers its files and seals. Sent first, so that it cannot be lost. */
export async function submitArchive(ref: JobRef, archive: string, { jobs, queue }: Stores): Promise<void> {
  await queue.send('unzip', [{ owner: ref.owner, id: ref.id, archive }]);
  await jobs.submit(ref);
}

/** Unzip copies the images of another job (`JobSettings.from`) and seals. Sent first, so that it cannot be lost. */
export async function submitCopy(ref: JobRef, { jobs, queue }: Stores): Promise<void> {
  await queue.send('unzip', [{ owner: ref.owner, id: ref.id }]);
  await jobs.submit(ref);
}

/** Puts failed files back, or resumes a retry that was cut off. Undefined when there is nothing to retry. */
export async function retryAndAdvance(ref: JobRef, stores: Stores): Promise<Job | undefined> {
  const { jobs, queue } = stores;
  const job = (await jobs.reopen(ref)) ?? (await jobs.get(ref));
  if (job?.retrying !== true) return undefined;
  while ((await jobs.resetFailed(ref, filesPerPage)) > 0);
  // All that are pending, not only those just reset: an earlier retry may have died before it sent them.
  await sendPending(ref, { jobs, queue });
  await jobs.resume(ref, job.generation);
  await advance(ref, stores);
  return job;
}

/** A message for every file that has not ended; one more than needed does no harm. Returns how many. */
export async function sendPending(ref: JobRef, { jobs, queue }: Stores): Promise<number> {
  let sent = 0;
  for await (const files of allPages((page) => jobs.files(ref, { ...page, state: 'pending', limit: filesPerPage }))) {
    const messages = files.map(({ path }) => ({ owner: ref.owner, id: ref.id, path }));
    if (messages.length > 0) await queue.send('files', messages);
    sent += messages.length;
  }
  return sent;
}
