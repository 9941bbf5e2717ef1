import type { JobFile, JobSettings } from '../../functions/core/job.ts';
import { type Bucket, type JobRef, jobPrefix } from '../../functions/core/object-keys.ts';
import { allItems } from '../../functions/object-streams/all-pages.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { attemptsOf } from './attempts.ts';
import { bytesOf } from './bytes.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { memoryJobStore } from './memory/job-store.ts';
import { memoryObjectStore } from './memory/object-store.ts';
import { memoryQueue } from './memory/queue.ts';

/** Stores in memory with one job in them, and a test's view of it. */
export interface StageWorld extends Ports {
  clock: ManualClock;
  job: JobRef;
  /** All objects of the job in a bucket: path below its prefix to bytes. */
  objectsIn(bucket: Bucket): Promise<Record<string, Buffer>>;
  files(): Promise<JobFile[]>;
  /** `path: state` or `path: code: message`, in order of the paths. */
  outcomes(): Promise<string[]>;
}

export const settings: JobSettings = { model: { name: 'nuclei', sha256: 'b'.repeat(64) } };

export async function stageWorld(
  change: Partial<JobSettings> = {},
  store: { copiesFrom?: number } = {},
): Promise<StageWorld> {
  const clock = manualClock();
  const objects = memoryObjectStore(clock, store);
  const jobs = memoryJobStore(clock);
  const queue = memoryQueue(clock, attemptsOf(5, { files: 3, notices: 10 }));
  const job = { owner: 'lab', id: 'job-1' };
  await jobs.create({ ...job, name: 'experiment', settings: { ...settings, ...change } });
  const files = async () => {
    const all: JobFile[] = [];
    for await (const file of allItems((page) => jobs.files(job, page))) all.push(file);
    return all;
  };
  return {
    ...{ objects, jobs, queue, clock, job, files },
    async objectsIn(bucket) {
      const found: Record<string, Buffer> = {};
      const { objects: listed } = await objects.list(bucket, jobPrefix(job));
      for (const { key } of listed) {
        found[key.slice(jobPrefix(job).length)] = await bytesOf(await objects.get({ bucket, key }));
      }
      return found;
    },
    outcomes: async () =>
      (await files()).map(({ path, state, failure }) =>
        failure === undefined ? `${path}: ${state}` : `${path}: ${failure.code}: ${failure.message}`,
      ),
  };
}
