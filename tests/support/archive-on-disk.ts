import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../functions/adapters/local/queue.ts';
import { jobPrefix } from '../../functions/core/object-keys.ts';
import { archivingPlans } from '../../functions/core/plans.ts';
import { allObjects } from '../../functions/object-streams/all-pages.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import { attempts } from '../../functions/stages/stages.ts';
import { bytesOf } from './bytes.ts';

export const archivedJob = { owner: 'olga', id: 'job1' };

const { archiveDays: _, ...free } = archivingPlans.free; // the clock is far ahead, and nothing shall be deleted
const plans = { free, premium: archivingPlans.premium };

/** The stores of `labdeploy local --archive-to` in a folder, where the plan of everybody is a file. */
export async function archiveOnDisk(folder: string, clock: Clock) {
  const parts = new AsyncDisposableStack();
  const database = parts.use(openLocalDatabase(join(folder, 'jobs.sqlite'), { durable: true }));
  const stored = { root: join(folder, 'store'), archiveTo: join(folder, 'archive'), durable: true, clock };
  const objects = parts.use(await openLocalObjectStore(stored));
  const planFile = join(folder, 'plan');
  return {
    ports: {
      ...{ objects, clock, jobs: localJobStore(database, clock), queue: localQueue(database, clock, attempts) },
      members: { planOf: async () => plans[readFileSync(planFile, 'utf8') as keyof typeof plans] },
      archiving: true as const,
    },
    setPlan: (plan: keyof typeof plans) => writeFileSync(planFile, plan),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Of all that can be downloaded of the job, with names and bytes. */
export async function digestOf(objects: ObjectStore): Promise<string> {
  const hash = createHash('sha256');
  for (const bucket of ['downloads', 'results'] as const)
    for await (const { key } of allObjects(objects, bucket, jobPrefix(archivedJob)))
      hash.update(key).update(await bytesOf(await objects.get({ bucket, key })));
  return hash.digest('hex');
}
