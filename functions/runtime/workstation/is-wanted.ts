import { type ObjectRef, registryOwner, splitKey } from '../../core/object-keys.ts';
import { baseOfKey, pictureMessageOf, pictureOfStep } from '../../core/pictures/keys.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Models } from '../../ports/models.ts';
import type { PeoplePorts } from '../../ports/ports.ts';

/** Is there a job, a version of a model, or a picture that an upload is for? */
export const isWanted =
  ({ jobs, models, people }: { jobs: JobStore; models: Models; people?: PeoplePorts }) =>
  async ({ bucket, key }: ObjectRef): Promise<boolean> => {
    if (bucket === 'pictures') return people !== undefined && isWantedPicture(key, people);
    const { owner, id } = splitKey(key);
    const wanted = owner === registryOwner ? models.get(id) : jobs.get({ owner, id });
    return (await wanted) !== undefined;
  };

/** A picture whose bytes were not taken yet, or a base resource. */
async function isWantedPicture(key: string, { pictures, bases }: PeoplePorts): Promise<boolean> {
  const base = baseOfKey(key);
  if (base !== undefined) return (await bases.list(base.recipe)).some(({ id }) => id === base.id);
  const step = pictureOfStep(key); // what a container stores
  if (step !== undefined) return (await pictures.get(step))?.state === 'swapping';
  const message = pictureMessageOf(key);
  if (message?.kind !== 'crop') return false;
  const picture = await pictures.get(message);
  return picture?.state === 'waiting' || picture?.state === 'held';
}
