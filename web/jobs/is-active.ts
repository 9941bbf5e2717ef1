import type { JobView } from '../../functions/contract/jobs.ts';

/** Something is still done for it. */
export const isActive = ({ state }: Pick<JobView, 'state'>): boolean =>
  state === 'uploading' || state === 'processing' || state === 'packaging';
