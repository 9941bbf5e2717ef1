import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { withoutImageEnding } from '../../functions/core/image-names.ts';
import { isImagePath } from '../../functions/core/paths.ts';
import { UserError } from '../errors.ts';

/** Names of the images in a folder, sorted. Throws `inputMissing`. */
export async function imagesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isImagePath).sort();
  } catch (error) {
    throw new UserError('inputMissing', { path: folder }, { cause: error });
  }
}

const stem = (name: string) => withoutImageEnding(basename(name));

/** An image and its labels: of the same name, or with `-labels` or `_labels` behind it. In one folder no image is its own labels. */
export function pairUp(
  images: readonly string[],
  labels: readonly string[],
  oneFolder: boolean,
): { image: string; label: string }[] {
  const byStem = new Map(labels.map((label) => [stem(label), label]));
  return images.flatMap((image) => {
    const own = stem(image);
    const named = byStem.get(`${own}-labels`) ?? byStem.get(`${own}_labels`);
    const label = named ?? (oneFolder ? undefined : byStem.get(own));
    return label === undefined ? [] : [{ image, label }];
  });
}
