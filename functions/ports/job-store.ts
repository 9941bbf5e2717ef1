import type { Job, JobFile, JobSettings, Outcome, StoredFailure } from '../core/job.ts';
import type { JobRef } from '../core/keys.ts';

export interface NewJob extends JobRef {
  name: string;
  settings: JobSettings;
}

export interface Page<T> {
  items: T[];
  /** Opaque; absent on the last page. */
  cursor?: string;
}

/**
 * The job table. Every change is a conditional, idempotent transition (rules: core/transitions) that says whether it
 * happened: `undefined`/false means that it did not apply, never that it failed. Changes to a job that does not exist
 * throw `jobMissing`.
 */
export interface JobStore {
  /** Makes the job in state `uploading`; an existing id of the same owner is left alone (`created: false`). */
  create(job: NewJob): Promise<{ created: boolean; job: Job }>;
  get(ref: JobRef): Promise<Job | undefined>;
  /** An owner's jobs, newest first. */
  list(owner: string, page?: { cursor?: string; limit?: number }): Promise<Page<Job>>;
  /** Files in order of their paths (UTF-8 bytes), optionally of one state. */
  files(ref: JobRef, page?: { state?: JobFile['state']; cursor?: string; limit?: number }): Promise<Page<JobFile>>;
  file(ref: JobRef, path: string): Promise<JobFile | undefined>;
  /** Registers files as pending; known paths are left alone; refused (0) once sealed or terminal. Returns how many were added. */
  expect(ref: JobRef, files: readonly { path: string; bytes: number }[]): Promise<number>;
  /** uploading -> processing: everything was sent. For files the caller seals next; for a zip UNZIP does. */
  submit(ref: JobRef): Promise<Job | undefined>;
  /** Closes the manifest, once. */
  seal(ref: JobRef): Promise<Job | undefined>;
  /** pending -> done | failed, at most once a generation; the job's counter moves in the same transaction. */
  finishFile(ref: JobRef, path: string, outcome: Outcome): Promise<Job | undefined>;
  /** processing -> packaging when sealed and done + failed = expected: exactly one caller gets the job. */
  startPackaging(ref: JobRef): Promise<Job | undefined>;
  /** packaging -> completed, or failed when no file is done; only for the given generation. */
  complete(ref: JobRef, generation: number): Promise<Job | undefined>;
  /** uploading | processing | packaging -> failed. */
  fail(ref: JobRef, failure: StoredFailure): Promise<Job | undefined>;
  cancel(ref: JobRef): Promise<Job | undefined>;
  /** uploading -> expired. */
  expire(ref: JobRef): Promise<Job | undefined>;
  /** completed | failed -> processing, generation + 1, failed files pending again; returns their paths for the queue. */
  retry(ref: JobRef): Promise<{ job: Job; paths: string[] } | undefined>;
  /** Not terminal and unchanged since `before`: what sweep looks at. */
  stuck(before: number, page?: { cursor?: string; limit?: number }): Promise<Page<Job>>;
  remove(ref: JobRef): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
