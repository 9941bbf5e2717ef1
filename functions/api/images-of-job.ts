import { usualTransfer } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import type { Job } from '../core/job.ts';
import { inputRef, type JobRef, jobPrefix } from '../core/object-keys.ts';
import { normalisePath } from '../core/paths.ts';
import { submitCopy } from '../jobs/advance.ts';
import { allObjects } from '../object-streams/all-pages.ts';
import type { Ports } from '../ports/ports.ts';
import type { ApiServices } from './services.ts';
import { reserveStorage } from './storage-quota.ts';

interface KeptImage {
  path: string;
  bytes: number;
}

/**
 * The images that the service keeps of a job, or one of them. Throws the problems `jobMissing` (another owner's, too),
 * `listOpen`, `fileMissing` and, where none is kept, `inputsGone`.
 */
export async function imagesOf(
  ref: JobRef,
  only: string | undefined,
  { jobs, objects }: Pick<Ports, 'jobs' | 'objects'>,
): Promise<KeptImage[]> {
  const job = await jobs.get(ref);
  if (job === undefined) throw new Problem('jobMissing', { id: ref.id });
  if (!job.sealed) throw new Problem('listOpen', { state: job.state });
  if (only !== undefined) return [await imageOf(job, only, { jobs, objects })];
  const images: KeptImage[] = [];
  for await (const { key, bytes } of allObjects(objects, 'inputs', jobPrefix(job)))
    images.push({ path: key.slice(jobPrefix(job).length), bytes });
  if (images.length === 0) throw new Problem('inputsGone', { id: ref.id });
  return images;
}

async function imageOf(job: Job, raw: string, { jobs, objects }: Pick<Ports, 'jobs' | 'objects'>): Promise<KeptImage> {
  const { path } = normalisePath(raw);
  const file = path === undefined ? undefined : await jobs.file(job, path);
  if (path === undefined || file === undefined || file.state === 'leftOut')
    throw new Problem('fileMissing', { path: raw });
  const head = await objects.head(inputRef(job, path));
  if (head === undefined) throw new Problem('inputsGone', { id: job.id });
  return { path, bytes: head.bytes };
}

/** Sets bytes aside for copies of them. Throws the problem `noRoom`. */
export const reserveCopies = (job: JobRef, images: readonly KeptImage[], services: ApiServices): Promise<void> =>
  reserveStorage(
    job.owner,
    images.map(({ path, bytes }) => ({ ref: inputRef(job, path), bytes })),
    { ...services, transfer: services.transfer ?? usualTransfer },
    services.ports.jobs,
  );

/** The job, whose copy is begun where it is to have another one's images. Repeated, it begins what was lost. */
export async function begun(job: Job, { jobs, queue }: Pick<Ports, 'jobs' | 'queue'>): Promise<Job> {
  if (job.settings.from === undefined || job.state !== 'uploading') return job;
  await submitCopy(job, { jobs, queue });
  return (await jobs.get(job)) ?? job;
}
