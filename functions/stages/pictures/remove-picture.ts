import { resultPictureRef, sentPictureRef, stepsPrefix, uprightRef } from '../../core/pictures/keys.ts';
import type { PictureRef } from '../../core/pictures/picture.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** What was made on the way to a completed picture. */
export async function removeSteps(picture: PictureRef, objects: ObjectStore): Promise<void> {
  await objects.remove(uprightRef(picture));
  await objects.removeAll('pictures', stepsPrefix(picture));
}

/** Every object of a picture; safe to repeat. */
export async function removeObjects(picture: PictureRef, objects: ObjectStore): Promise<void> {
  await objects.remove(sentPictureRef(picture));
  await removeSteps(picture, objects);
  await objects.remove(resultPictureRef(picture));
}
