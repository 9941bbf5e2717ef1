import type { Job, JobFile, JobSettings, MachineState, NewFile, Outcome, StoredFailure } from '../core/job.ts';
import type { JobRef } from '../core/object-keys.ts';
import type { StorageStep } from '../core/storage-steps.ts';

export interface NewJob extends JobRef {
  name: string;
  settings: JobSettings;
  /** How many are coming, as far as is known: a store may keep the files of a large job another way. */
  files?: number;
}

export interface Page<T> {
  items: T[];
  /** Opaque; absent on the last page. Another list's cursor throws `cursorRefused`. */
  cursor?: string;
}

/**
 * The job table. Every change is a conditional, idempotent transition (rules: core/transitions) that says whether it
 * happened: `undefined`/false/0 means that it did not apply, never that it failed. Changes to a job that does not exist
 * throw `jobMissing`. What was acknowledged survives the death of the process. The steps that stages take, in the order
 * that survives crashes, are in jobs/advance.
 */
export interface JobStore {
  /** Makes the job in state `uploading`; an existing id of the same owner is left alone (`created: false`). */
  create(job: NewJob): Promise<{ created: boolean; job: Job }>;
  get(ref: JobRef): Promise<Job | undefined>;
  /** An owner's jobs, newest first; with `search` those that it means (core/job-search). `limit`: default 100. */
  list(owner: string, page?: { search?: string; cursor?: string; limit?: number }): Promise<Page<Job>>;
  /** How many of an owner's jobs have not ended. */
  running(owner: string): Promise<number>;
  /** Files in order of their paths (UTF-8 bytes), optionally of one state. `limit`: default 1000. A job that does not exist has none. */
  files(ref: JobRef, page?: { state?: JobFile['state']; cursor?: string; limit?: number }): Promise<Page<JobFile>>;
  /** `ref`: best the job itself, where it was read: a store that spreads its files then knows where to look. So with finishFile. */
  file(ref: JobRef, path: string): Promise<JobFile | undefined>;
  /** Gives the job, in any state, another name or note; an empty note takes it away. */
  describe(ref: JobRef, words: { name?: string; note?: string }): Promise<Job | undefined>;
  /** Registers files, as pending or left out; known paths are left alone; refused (0) once sealed or terminal. Returns how many were added. */
  expect(ref: JobRef, files: readonly NewFile[]): Promise<number>;
  /** uploading -> processing: everything was sent. */
  submit(ref: JobRef): Promise<Job | undefined>;
  /** Closes the manifest, once, while uploading or processing. */
  seal(ref: JobRef): Promise<Job | undefined>;
  /**
   * pending -> done, with its notes, | failed, at most once a generation; the job's counter moves in the same transaction.
   * Unknown paths: undefined. Of a job that is `approximate` the counter follows; a file may still end in the moment in
   * which the job is cancelled or fails; and of those that end the last files at least one gets the job as it is ready.
   */
  finishFile(ref: JobRef, path: string, outcome: Outcome): Promise<Job | undefined>;
  /**
   * Says of a pending file, for people, that it waits for a machine from now on, or that one works on it. Forgotten when the
   * file ends. False where it is not pending.
   */
  placeFile(ref: JobRef, path: string, state: MachineState): Promise<boolean>;
  /**
   * processing -> packaging when sealed, not retrying and done + failed + leftOut = expected: exactly one caller gets the job.
   * One that is `approximate` is so when no file is pending; its counters are exact from then on.
   */
  startPackaging(ref: JobRef): Promise<Job | undefined>;
  /** packaging -> completed, or failed when no file is done; only for the given generation. */
  complete(ref: JobRef, generation: number): Promise<Job | undefined>;
  /** uploading | processing | packaging -> failed; with a generation only for that one. */
  fail(ref: JobRef, failure: StoredFailure, generation?: number): Promise<Job | undefined>;
  /** uploading | processing | packaging -> cancelled. */
  cancel(ref: JobRef): Promise<Job | undefined>;
  /** uploading and not sealed -> expired. */
  expire(ref: JobRef): Promise<Job | undefined>;
  /** First step of a retry: a sealed job that completed with failures, or failed -> processing and `retrying`, generation + 1. */
  reopen(ref: JobRef): Promise<Job | undefined>;
  /**
   * Second step, until it returns 0: at most `limit` files that failed in an earlier generation are pending again. Files
   * that were refused (core/transitions `refusalCodes`) stay failed, and do not use up the limit.
   */
  resetFailed(ref: JobRef, limit: number): Promise<number>;
  /** Last step: no longer `retrying`; only for the given generation. */
  resume(ref: JobRef, generation: number): Promise<Job | undefined>;
  /** Not terminal and unchanged since `before` (ms since 1970), in no particular order: what sweep looks at. `limit`: default 100. */
  stuck(before: number, page?: { cursor?: string; limit?: number }): Promise<Page<Job>>;
  /** Marks a job that `stuck` found as changed now; one of several callers gets it. */
  touch(ref: JobRef, before: number): Promise<Job | undefined>;
  /** One step of where the results of a completed job lie (rules: core/storage-steps). */
  moveStorage(ref: JobRef, step: StorageStep): Promise<Job | undefined>;
  /** Jobs whose storage sweep has to look at before that time (ms since 1970), in no particular order. `limit`: default 100. */
  storageWaiting(before: number, page?: { cursor?: string; limit?: number }): Promise<Page<Job>>;
  /** Forgets the job, its files and its shares, and keeps that it was removed now; nothing happens when it is missing. */
  remove(ref: JobRef): Promise<void>;
  /**
   * Removed before (ms since 1970) and not forgotten, in no particular order: sweep looks for what came late to them. A
   * job that was made anew under its name is not among them. `limit`: default 100.
   */
  removed(before: number, page?: { cursor?: string; limit?: number }): Promise<Page<JobRef>>;
  /** Forgets that the job was removed. A job that exists is left alone. */
  forget(ref: JobRef): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
