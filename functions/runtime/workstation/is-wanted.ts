import { type ObjectRef, registryOwner, splitKey } from '../../core/object-keys.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Models } from '../../ports/models.ts';

/** Is there a job, or a version of a model, that an upload is for? */
export const isWanted =
  ({ jobs, models }: { jobs: JobStore; models: Models }) =>
  async ({ key }: ObjectRef): Promise<boolean> => {
    const { owner, id } = splitKey(key);
    const wanted = owner === registryOwner ? models.get(id) : jobs.get({ owner, id });
    return (await wanted) !== undefined;
  };
