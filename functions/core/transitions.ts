import { Failure, type FailureCode } from './errors.ts';
import type { Job, JobFile, JobSettings, JobState, MachineState, NewFile, Outcome, StoredFailure } from './job.ts';
import type { JobRef } from './object-keys.ts';
import { isLive, withoutPlans } from './storage-steps.ts';

/*
 * The state machine of jobs and files. Each function takes the records as stored and returns the new ones, or undefined
 * where the change does not apply; an adapter runs one function and its write as one atomic step. `now`: ms since 1970.
 *
 *   uploading -> processing -> packaging -> completed | failed        any of the first three -> failed | cancelled
 *   uploading -> expired                                              completed | failed -> processing (retry)
 *
 * - Files are registered before their bytes can arrive and may end while the job is still uploading.
 * - `sealed` closes the manifest for good. A job is packaged only when it is sealed, not retrying, and all files ended;
 *   that condition and the flip are one step, so one caller wins.
 * - A file that is no image is `leftOut` from the moment it is registered: nothing waits for it, and no retry changes it.
 * - An empty manifest takes the same way: packaging, then `failed` with jobEmpty. So every job that was sealed ends in
 *   one transition (complete), where its owner is notified.
 * - A retry takes several steps, because a store may only change some files at a time: reopen (retrying, next
 *   generation), resetFile for each file that failed in an earlier generation, resume. A crash between them leaves a
 *   job that is `retrying`: nothing can complete it, and doing all the steps again continues it. A file that fails
 *   again meanwhile carries the new generation and is not reset a second time. A file that was refused before its bytes
 *   were stored keeps its reason: there is nothing that could be tried again.
 * - A job that failed before it was sealed cannot be retried: what its folder holds is not known.
 */

const terminal: readonly JobState[] = ['completed', 'failed', 'cancelled', 'expired'];
const running: readonly JobState[] = ['uploading', 'processing', 'packaging'];

export const isTerminal = (job: Pick<Job, 'state'>): boolean => terminal.includes(job.state);

const changed = (job: Job, now: number, fields: Partial<Job>): Job => ({
  ...job,
  ...fields,
  changedAt: Math.max(now, job.changedAt),
});

const stored = (failure: Failure): StoredFailure => ({ code: failure.code, message: failure.message });

export const newJob = (
  { owner, id, name, settings }: JobRef & { name: string; settings: JobSettings },
  now: number,
): Job => ({
  owner,
  id,
  name,
  settings,
  state: 'uploading',
  sealed: false,
  retrying: false,
  expected: 0,
  bytes: 0,
  done: 0,
  failed: 0,
  leftOut: 0,
  generation: 1,
  createdAt: now,
  changedAt: now,
});

export const newFile = ({ path, bytes, identity, leftOut }: NewFile): JobFile => ({
  path,
  bytes,
  ...(identity !== undefined && { identity }),
  ...(leftOut === undefined ? { state: 'pending' } : { state: 'leftOut', failure: leftOut }),
});

/** May files be registered? */
export const isOpen = (job: Job): boolean => !job.sealed && (job.state === 'uploading' || job.state === 'processing');

export const countLeftOut = (files: readonly NewFile[]): number =>
  files.filter(({ leftOut }) => leftOut !== undefined).length;

/** `added`: the files that became known with this change. */
export const expectFiles = (job: Job, added: readonly NewFile[], now: number): Job | undefined => {
  if (!isOpen(job) || added.length === 0) return undefined;
  const bytes = added.reduce((sum, file) => sum + file.bytes, job.bytes);
  const leftOut = job.leftOut + countLeftOut(added);
  return changed(job, now, { expected: job.expected + added.length, bytes, leftOut });
};

export const submit = (job: Job, now: number): Job | undefined =>
  job.state === 'uploading' ? changed(job, now, { state: 'processing' }) : undefined;

export const seal = (job: Job, now: number): Job | undefined =>
  isOpen(job) ? changed(job, now, { sealed: true }) : undefined;

export function finishFile(
  job: Job,
  file: JobFile,
  outcome: Outcome,
  now: number,
): { job: Job; file: JobFile } | undefined {
  if (file.state !== 'pending' || (job.state !== 'uploading' && job.state !== 'processing')) return undefined;
  const counter = outcome.state === 'done' ? { done: job.done + 1 } : { failed: job.failed + 1 };
  return {
    job: changed(job, now, counter),
    file: { ...newFile(file), generation: job.generation, ...outcome },
  };
}

export const placeFile = (job: Job, file: JobFile, state: MachineState, now: number): JobFile | undefined =>
  file.state === 'pending' && !isTerminal(job) ? { ...file, machine: { state, since: now } } : undefined;

/** Files that have not ended. */
export const pendingFiles = ({ expected, done, failed, leftOut }: Job): number => expected - done - failed - leftOut;

/** Files that are images, by their names: what a folder is done or failed of. */
export const imageFiles = ({ expected, leftOut }: Pick<Job, 'expected' | 'leftOut'>): number => expected - leftOut;

/** Can no file become pending any more, as what the folder holds is known and none is put back? */
export const isClosed = (job: Job): boolean => job.state === 'processing' && job.sealed && !job.retrying;

/** Has every file of the folder ended, and is it known what the folder holds? */
export const isReady = (job: Job): boolean => isClosed(job) && pendingFiles(job) === 0;

export const startPackaging = (job: Job, now: number): Job | undefined =>
  isReady(job) ? changed(job, now, { state: 'packaging' }) : undefined;

export function complete(job: Job, generation: number, now: number): Job | undefined {
  if (job.state !== 'packaging' || job.generation !== generation) return undefined;
  if (job.done > 0) return changed(job, now, { state: 'completed' });
  const failure =
    imageFiles(job) === 0 ? new Failure('jobEmpty', {}) : new Failure('jobAllFailed', { count: job.failed });
  return changed(job, now, { state: 'failed', failure: stored(failure) });
}

/** With a generation, only a job that is still in it fails: a late message of an earlier round must not end this one. */
export const fail = (job: Job, failure: StoredFailure, now: number, generation = job.generation): Job | undefined =>
  running.includes(job.state) && job.generation === generation
    ? changed(job, now, { state: 'failed', failure, retrying: false })
    : undefined;

export const cancel = (job: Job, now: number): Job | undefined =>
  running.includes(job.state) ? changed(job, now, { state: 'cancelled', retrying: false }) : undefined;

/** A sealed job was submitted, even where the submit itself was lost: it goes on instead of expiring. */
export const expire = (job: Job, now: number): Job | undefined =>
  job.state === 'uploading' && !job.sealed ? changed(job, now, { state: 'expired' }) : undefined;

/** Worth a retry: the manifest is complete, and something in it is not done or its packaging failed; what is archived comes back before. */
export function reopen(job: Job, now: number): Job | undefined {
  const worthwhile = job.state === 'completed' ? job.failed > 0 : job.state === 'failed' && imageFiles(job) > 0;
  if (!worthwhile || !job.sealed || !isLive(job)) return undefined;
  const { failure: _, ...kept } = withoutPlans(job);
  return changed(kept, now, { state: 'processing', retrying: true, generation: job.generation + 1 });
}

/** Reasons of files of which nothing was stored: by their names, sizes or number, their entries in the zip, or by choice; `imageLeftOut`: of jobs before `leftOut` was a state. */
export const refusalCodes: readonly string[] = [
  'pathRefused',
  'imageLeftOut',
  'fileTooLarge',
  'namedTwice',
  'overFileLimit',
  'withdrawn',
  'archiveBroken',
  'archiveUnsupported',
  'archiveUnsafe',
] satisfies FailureCode[];

/** Failed in an earlier generation, and not refused -> pending. */
export function resetFile(job: Job, file: JobFile, now: number): { job: Job; file: JobFile } | undefined {
  if (!job.retrying || file.state !== 'failed' || file.generation === job.generation) return undefined;
  if (refusalCodes.includes(file.failure?.code ?? '')) return undefined;
  return { job: changed(job, now, { failed: job.failed - 1 }), file: newFile(file) };
}

/** The caller has reset every file of this generation and sent its message. */
export const resume = (job: Job, generation: number, now: number): Job | undefined =>
  job.retrying && job.generation === generation ? changed(job, now, { retrying: false }) : undefined;

/** Another name or note; an empty note takes it away. Counts as no change, or it would put off the end of what is kept. */
export function describe(job: Job, { name = job.name, note = job.note }: { name?: string; note?: string }): Job {
  const { note: _, ...rest } = job;
  return { ...rest, name, ...(note !== undefined && note !== '' && { note }) };
}

/** Of several that find a job unchanged since `before`, one may act on it. */
export const touch = (job: Job, before: number, now: number): Job | undefined =>
  !isTerminal(job) && job.changedAt < before ? changed(job, now, {}) : undefined;
