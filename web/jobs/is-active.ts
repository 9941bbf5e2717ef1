import type { JobView } from '../../functions/contract/jobs.ts';

/** Something is still done for it. */
export const isActive = ({ state }: Pick<JobView, 'state'>): boolean =>
  state === 'uploading' || state === 'processing' || state === 'packaging';

/** Its results are on their way to or from the archive, or will be soon. */
export const isMoving = ({ storage }: Pick<JobView, 'storage'>): boolean =>
  storage !== undefined &&
  storage.state !== 'deleted' &&
  (storage.state !== 'live' || storage.downloadUntil !== undefined);

/** Are its results in the archive, or on the way there or back, or deleted there? */
export const isAway = ({ storage }: Pick<JobView, 'storage'>): boolean =>
  storage !== undefined && storage.state !== 'live';

/** Are there results to download? The archive may not have them yet, such as a disk that is full. */
export const hasDownload = (job: Pick<JobView, 'state' | 'counts' | 'storage'>): boolean =>
  (job.state === 'completed' || job.state === 'failed') &&
  job.counts.done > 0 &&
  (!isAway(job) || job.storage?.state === 'archiving');

/** Did it end before its files were processed? Those that are pending stay so. */
export const hasStopped = ({ state }: Pick<JobView, 'state'>): boolean => state === 'cancelled' || state === 'expired';
