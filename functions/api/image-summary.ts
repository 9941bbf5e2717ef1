import { Problem } from '../contract/problems.ts';
import { nextStep } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import { type ObjectRef, resultRef } from '../core/object-keys.ts';
import { normalisePath } from '../core/paths.ts';
import { type FileSummary, fileSummary, withCounts } from '../core/summary.ts';
import { readJson } from '../object-streams/read-object.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * The path, as it is stored, of an image of the job that is done. Throws the problems `fileMissing`, `noResults` where it
 * failed or was left out, and `resultsMissing` while it is not done.
 */
export async function doneImage(job: Job, raw: string, { jobs }: Pick<Ports, 'jobs'>): Promise<string> {
  const { path } = normalisePath(raw);
  const file = path === undefined ? undefined : await jobs.file(job, path);
  if (path === undefined || file === undefined) throw new Problem('fileMissing', { path: raw });
  if (file.state === 'failed' || file.state === 'leftOut') {
    const { code = '', message = 'the file failed' } = file.failure ?? {};
    throw new Problem('noResults', { why: message, next: nextStep(code) ?? 'send it in a new job' });
  }
  if (file.state === 'pending') throw new Problem('resultsMissing', { why: 'the file is not done' });
  return path;
}

/** What one image was and what came out; undefined where another version wrote it, or its days are over. */
export async function readSummary(
  ref: ObjectRef,
  { objects }: Pick<Ports, 'objects'>,
): Promise<FileSummary | undefined> {
  if ((await objects.head(ref)) === undefined) return undefined;
  const parsed = fileSummary.safeParse(await readJson(objects, ref));
  return parsed.data && withCounts(parsed.data); // undefined: another version wrote it, and its files are still good
}

/** Both. Throws `resultsMissing` where there is no summary, too. */
export async function imageSummary(
  job: Job,
  raw: string,
  ports: Pick<Ports, 'jobs' | 'objects'>,
): Promise<{ path: string; summary: FileSummary }> {
  const path = await doneImage(job, raw, ports);
  const summary = await readSummary(resultRef(job, path, 'summary.json'), ports);
  if (summary === undefined) throw new Problem('resultsMissing', { why: 'the image has no summary of this version' });
  return { path, summary };
}
