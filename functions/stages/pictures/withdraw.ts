import { isWithdrawn } from '../../core/pictures/agreement.ts';
import type { Picture } from '../../core/pictures/picture.ts';
import { allItems } from '../../object-streams/all-pages.ts';
import { removeObjects } from './remove-picture.ts';
import type { OpenPictures } from './services.ts';

/**
 * Removes one picture, or all of a person for which they withdrew their consent, also where they agreed again since: its objects first, then its row. What they
 * agreed to and the history of their display stay. Safe to repeat.
 */
export async function withdraw(
  { owner, id }: { owner: string; id?: string },
  { pictures, objects }: Pick<OpenPictures, 'pictures' | 'objects'>,
): Promise<{ removed: number }> {
  if (id !== undefined) {
    await pictures.take({ owner, id }, { do: 'withdraw', why: 'deleted', by: 'owner' });
    await removeObjects({ owner, id }, objects);
    await pictures.remove({ owner, id });
    return { removed: 1 };
  }
  const withdrawn: Picture[] = [];
  const person = await pictures.person(owner);
  for await (const picture of allItems((page) => pictures.list(owner, page)))
    if (isWithdrawn(person, picture)) withdrawn.push(picture);
  for (const picture of withdrawn) {
    await pictures.take(picture, { do: 'withdraw', why: 'withdrawn', by: 'owner' });
    await removeObjects(picture, objects);
    await pictures.remove(picture);
  }
  return { removed: withdrawn.length };
}
