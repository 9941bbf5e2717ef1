import type { JobView } from '../../functions/contract/jobs.ts';
import { strings } from '../strings.ts';
import { totalImages } from './total-files.ts';

/** How far a job in a list is; undefined while nothing is known of its images. */
export function progressInWords(job: JobView): string | undefined {
  const { counts, source, state } = job;
  if (source === 'zip' && counts.expected === 0 && state === 'processing') return strings.unpacking;
  const images = totalImages(job);
  return images > 0 ? strings.doneOf(counts.done, images) : undefined;
}
