import type { JobView } from '../../functions/contract/jobs.ts';

/** Files of the job: as many as were announced while they are still being named, so that the total does not grow. */
export const totalFiles = ({ announced = 0, counts, sealed }: JobView): number =>
  sealed ? counts.expected : Math.max(counts.expected, announced);

/** Those of them that are images: what is left out is never done, so it counts in no share of done. */
export const totalImages = (job: JobView): number => totalFiles(job) - job.counts.leftOut;
