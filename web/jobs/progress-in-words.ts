import type { JobView } from '../../functions/contract/jobs.ts';
import { strings } from '../strings.ts';
import { totalImages } from './total-files.ts';

/** How far a job in a list is; undefined while nothing is known of its images. */
export function progressInWords(job: JobView): string | undefined {
  const { counts, source, state } = job;
  const waits = counts.expected === 0 && state === 'processing';
  if (waits && source === 'zip') return strings.unpacking;
  if (waits && source === 'job') return strings.copying;
  const images = totalImages(job);
  return images > 0 ? strings.doneOf(counts.done, images, counts.approximate) : undefined;
}
