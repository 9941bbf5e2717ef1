import { batchesOf } from '../../async/batches.ts';
import type { NewFile } from '../../core/job.ts';
import { type JobRef, jobPrefix } from '../../core/object-keys.ts';
import { isTerminal } from '../../core/transitions.ts';
import { allObjects } from '../../object-streams/all-pages.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectHead, ObjectStore } from '../../ports/object-store.ts';

/** Objects that the store copies at once: they take no memory, only its time. */
export const copyLanes = 16;
/** Files registered in one call. */
const registered = 1000;

export async function registerFiles(job: JobRef, files: readonly NewFile[], jobs: JobStore): Promise<void> {
  for (const some of batchesOf(files, registered)) await jobs.expect(job, some);
}

/** What is there of the job's images, by key. */
export async function listInputs(job: JobRef, objects: ObjectStore): Promise<Map<string, ObjectHead>> {
  const there = new Map<string, ObjectHead>();
  for await (const object of allObjects(objects, 'inputs', jobPrefix(job))) there.set(object.key, object);
  return there;
}

/** Looks whether a job still takes images. Once it does not, it never does again, and is not asked any more. */
export interface OpenJob {
  /** As it was last seen. */
  readonly isOpen: boolean;
  /** Throws the reason of the signal. */
  look(): Promise<boolean>;
}

export function openJob(job: JobRef, jobs: JobStore, signal?: AbortSignal): OpenJob {
  let isOpen = true;
  return {
    get isOpen() {
      return isOpen;
    },
    async look() {
      signal?.throwIfAborted();
      const now = isOpen ? await jobs.get(job) : undefined;
      isOpen &&= now !== undefined && !isTerminal(now);
      return isOpen;
    },
  };
}
