import type { Job, JobFile, MachineState, NewFile, Outcome } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import type { FileTable } from './file-table.ts';
import { fileOf, jobOf } from './job-rows.ts';
import type { JobTable } from './job-table.ts';

/** What the changes of files work on, inside a transaction of the caller. `now`: ms since 1970. */
export interface JobFiles {
  jobs: JobTable;
  files: FileTable;
  now: number;
}

/** Registers files; how many were new. None once the job is sealed or has ended. */
export function expectFiles({ jobs, files, now }: JobFiles, ref: JobRef, wanted: readonly NewFile[]): number {
  const row = jobs.existing(ref);
  const job = jobOf(row);
  if (!transitions.isOpen(job)) return 0;
  const added = wanted.filter((file) => files.insert(row.n, transitions.newFile(file)));
  const next = transitions.expectFiles(job, added, now);
  if (next !== undefined) jobs.store(row.n, next);
  return added.length;
}

/** The job as it is then; undefined where the file was not pending. */
export function finishFile({ jobs, files, now }: JobFiles, ref: JobRef, path: string, outcome: Outcome) {
  const row = jobs.existing(ref);
  const file = files.find(row.n, path);
  const next = file && transitions.finishFile(jobOf(row), fileOf(file), outcome, now);
  if (next === undefined) return undefined;
  files.store(row.n, next.file);
  jobs.store(row.n, next.job);
  return next.job;
}

/** False where the file is not pending. */
export function placeFile({ jobs, files, now }: JobFiles, ref: JobRef, path: string, state: MachineState): boolean {
  const row = jobs.existing(ref);
  const file = files.find(row.n, path);
  const next = file && transitions.placeFile(jobOf(row), fileOf(file), state, now);
  if (next !== undefined) files.store(row.n, next);
  return next !== undefined;
}

/** Makes at most `limit` files that failed in an earlier generation pending again; how many. */
export function resetFailed({ jobs, files, now }: JobFiles, ref: JobRef, limit: number): number {
  const row = jobs.existing(ref);
  const reset: JobFile[] = [];
  let job: Job = jobOf(row);
  for (const file of files.resettable(row.n, row.generation, limit)) {
    const next = transitions.resetFile(job, fileOf(file), now);
    if (next === undefined) continue;
    reset.push(next.file);
    job = next.job;
  }
  for (const file of reset) files.store(row.n, file);
  if (reset.length > 0) jobs.store(row.n, job);
  return reset.length;
}
