import type { JobView } from '../../functions/contract/schemas.ts';
import type { Picked } from '../upload/collect.ts';

/** The job that this folder was being sent to when something interrupted it: the newest of its name that still takes files. */
export const unfinishedJob = (jobs: readonly JobView[], { name, source, bytes }: Picked): JobView | undefined =>
  jobs.find(
    (job) =>
      job.state === 'uploading' &&
      !job.sealed &&
      job.source === source &&
      job.name === name?.normalize('NFC') &&
      (source === 'files' || job.bytes === bytes),
  );
