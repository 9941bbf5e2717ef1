import type { LocalJobStore } from '../../adapters/local/job-store.ts';
import { sentPackageRef } from '../../core/object-keys.ts';
import { dayMs } from '../../core/time.ts';
import { forgetJob } from '../../jobs/forget.ts';
import type { Models } from '../../ports/models.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { SignedAccess } from '../../ports/signed-access.ts';

const atOnce = 100;
/** An upload in parts in which nothing arrived for so long is given up, as the bucket's lifecycle rule does on AWS. */
const abandonedDays = 1;

export interface RetentionPorts {
  jobs: LocalJobStore;
  models: Models;
  objects: ObjectStore;
  signed: SignedAccess;
}

/** Removes jobs that ended `keepDays` ago, with everything of theirs, and what is left of abandoned uploads. Returns how many jobs. */
export async function retain(
  { jobs, models, objects, signed }: RetentionPorts,
  now: number,
  keepDays: number | undefined,
): Promise<number> {
  await signed.abortAbandoned(now - abandonedDays * dayMs);
  for (const { id, state } of (await models.all()).versions) {
    if (state === 'ready' || state === 'retired') await objects.remove(sentPackageRef(id)); // it is kept under its sha256
  }
  if (keepDays === undefined) return 0;
  let removed = 0;
  for (;;) {
    const old = await jobs.endedBefore(now - keepDays * dayMs, atOnce);
    for (const job of old) await forgetJob(job, { jobs, objects, signed });
    removed += old.length;
    if (old.length < atOnce) return removed;
  }
}
