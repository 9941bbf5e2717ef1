import { Problem } from '../contract/problems.ts';
import type { Job } from '../core/job.ts';
import { resultRef } from '../core/object-keys.ts';
import { normalisePath } from '../core/paths.ts';
import { type FileSummary, fileSummary } from '../core/summary.ts';
import type { ImageRef } from '../jobs/edit-log.ts';
import { readJson } from '../object-streams/read-object.ts';
import type { Ports } from '../ports/ports.ts';
import { assertLive } from './archived.ts';

/** An image of the job, by its path. Throws the problem `fileMissing`. */
export async function imageOfJob(job: Job, raw: string, { jobs }: Pick<Ports, 'jobs'>): Promise<ImageRef> {
  const { path } = normalisePath(raw);
  const file = path === undefined ? undefined : await jobs.file(job, path);
  if (path === undefined || file === undefined) throw new Problem('fileMissing', { path: raw });
  return { owner: job.owner, id: job.id, path };
}

/** Of the labels that are corrected. Throws the problem `notCorrectable` where the image has none. */
export async function labelSummary(
  job: Job,
  image: ImageRef,
  { objects }: Pick<Ports, 'objects'>,
): Promise<FileSummary> {
  if (job.state !== 'completed') throw new Problem('notCorrectable', { why: `the job is ${job.state}` });
  assertLive(job);
  const ref = resultRef(image, image.path, 'summary.json');
  const stored = (await objects.head(ref)) && fileSummary.safeParse(await readJson(objects, ref));
  const labels = await objects.head(resultRef(image, image.path, 'labels.tif'));
  if (labels === undefined)
    throw new Problem('notCorrectable', { why: `the labels of ${image.path} are archived, or gone` });
  if (stored?.success !== true) throw new Problem('notCorrectable', { why: `${image.path} has no labels` });
  return stored.data;
}
