import { resultPictureRef, sentPictureRef } from '../../core/pictures/keys.ts';
import type { PictureRef } from '../../core/pictures/picture.ts';
import { readBytes } from '../../object-streams/read-object.ts';
import { readPicture } from '../../photographs/read-picture.ts';
import { orFail } from './fail-picture.ts';
import { removeObjects, removeSteps } from './remove-picture.ts';
import type { OpenPictures } from './services.ts';

export type CompleteResult = 'shown' | 'withdrawn' | 'left' | 'failed';

/**
 * Shows a picture whose result is there and can be read, if consent stands at that moment, and removes what was made on the
 * way. Safe to repeat.
 */
export async function complete(ref: PictureRef, services: OpenPictures): Promise<CompleteResult> {
  const { pictures, objects } = services;
  const picture = await pictures.get(ref);
  if (picture === undefined || (picture.state !== 'completing' && picture.state !== 'shown')) {
    await removeObjects(ref, objects);
    return 'left';
  }
  return orFail(ref, services, async () => {
    await readPicture(await readBytes(objects, resultPictureRef(ref)));
    const shown = (await pictures.take(ref, { do: 'show' })) ?? (await pictures.get(ref));
    if (shown?.state !== 'shown') {
      await removeObjects(ref, objects);
      if (shown?.state === 'withdrawn') await pictures.remove(ref);
      return 'withdrawn';
    }
    await removeSteps(ref, objects);
    if (services.tools.recipes.get(picture.recipe)?.complete.deleteOriginal !== false)
      await objects.remove(sentPictureRef(ref));
    return 'shown';
  });
}
