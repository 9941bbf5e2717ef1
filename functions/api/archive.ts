import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import type { Job } from '../core/job.ts';
import { archivePath, inputRef, type ObjectRef, uploadRef } from '../core/object-keys.ts';
import { normalisePath } from '../core/paths.ts';
import type { JobStore } from '../ports/job-store.ts';

export const archiveRef = (job: Job): ObjectRef => uploadRef(job, archivePath);

/** Where one upload of the job goes and how large it must be. */
export interface Target {
  /** As the client named it: of a zip its own name. */
  path: string;
  ref: ObjectRef;
  bytes: number;
}

/** The upload that a client names. Throws the problem `fileMissing` where the job does not know the path. */
export async function targetOf(job: Job, raw: string, jobs: JobStore): Promise<Target> {
  const { archiveBytes } = job.settings;
  if (archiveBytes !== undefined) return { path: raw, ref: archiveRef(job), bytes: archiveBytes };
  const { path } = normalisePath(raw);
  const file = path === undefined ? undefined : await jobs.file(job, path);
  if (file === undefined) throw new Problem('fileMissing', { path: raw });
  return { path: file.path, ref: inputRef(job, file.path), bytes: file.bytes };
}

/** Parts of one large file: all of one size but the last, and few enough for S3. */
export function partsOf(bytes: number, usual: number): { partBytes: number; partCount: number } {
  const fewest = Math.ceil(bytes / apiLimits.partsPerFile);
  const partBytes = Math.ceil(Math.max(usual, fewest) / usual) * usual;
  return { partBytes, partCount: Math.ceil(bytes / partBytes) };
}
