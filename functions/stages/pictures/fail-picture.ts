import { Failure, isOutcome } from '../../core/errors.ts';
import type { PictureRef } from '../../core/pictures/picture.ts';
import { removeObjects } from './remove-picture.ts';
import type { OpenPictures } from './services.ts';

/**
 * Runs work on a picture; what is wrong with the picture itself is recorded with it, and its objects are removed. Trouble
 * of the service is thrown, so that the message comes again.
 */
export async function orFail<T>(
  picture: PictureRef,
  { pictures, objects }: Pick<OpenPictures, 'pictures' | 'objects'>,
  work: () => Promise<T>,
): Promise<T | 'failed'> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || !isOutcome(error)) throw error;
    const { code, message } = error;
    await pictures.take(picture, { do: 'fail', failure: { code, message } });
    await removeObjects(picture, objects);
    return 'failed';
  }
}
