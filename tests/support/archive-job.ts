import { expect } from '@jest/globals';
import type { JobRef } from '../../functions/core/object-keys.ts';
import type { StorageStep } from '../../functions/core/storage-steps.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';

/** Takes a job that has no files yet through one image and its zip to the archive, then as far as the steps `more` say. */
export async function archiveJob(
  ref: JobRef,
  jobs: JobStore,
  { bytes = 70, days, more = [] }: { bytes?: number; days?: number; more?: readonly StorageStep[] } = {},
): Promise<void> {
  await jobs.expect(ref, [{ path: 'a.tif', bytes: 1 }]);
  await jobs.submit(ref);
  await jobs.seal(ref);
  await jobs.finishFile(ref, 'a.tif', { state: 'done' });
  await jobs.startPackaging(ref);
  await jobs.complete(ref, 1);
  const steps: StorageStep[] = [
    { to: 'archiving', generation: 1, round: 0 },
    { to: 'archived', round: 1, bytes, ...(days !== undefined && { days }) },
  ];
  for (const step of [...steps, ...more]) expect(await jobs.moveStorage(ref, step)).toBeDefined();
}
