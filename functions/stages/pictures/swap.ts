import { Failure } from '../../core/errors.ts';
import { baseRef, resultPictureRef, stepRef, uprightRef } from '../../core/pictures/keys.ts';
import type { Picture, PictureRef, Region } from '../../core/pictures/picture.ts';
import type { Recipe, Transform } from '../../core/pictures/recipe.ts';
import { readBytes } from '../../object-streams/read-object.ts';
import { encodeJpeg } from '../../photographs/encode-jpeg.ts';
import { longestSide, type Pixels, reduce } from '../../photographs/pixels.ts';
import { readPicture } from '../../photographs/read-picture.ts';
import { transform } from '../../photographs/transform.ts';
import { recipeOf } from './crop.ts';
import { orFail } from './fail-picture.ts';
import { removeObjects } from './remove-picture.ts';
import type { OpenPictures } from './services.ts';

/** `waits`: a person is to look at its regions first. */
export type SwapResult = 'waits' | 'swapped' | 'left' | 'failed';

/** Transforms the regions of a picture; the arrival of the result starts `complete`. Safe to repeat. */
export async function swap(ref: PictureRef, services: OpenPictures): Promise<SwapResult> {
  const { pictures, objects } = services;
  const picture = await pictures.get(ref);
  if (picture?.state === 'reviewing') return 'waits';
  const isLate = picture?.state === 'completing' && (await objects.head(resultPictureRef(ref))) !== undefined;
  if (picture?.state === 'shown' || isLate) return 'left';
  if (picture === undefined || (picture.state !== 'swapping' && picture.state !== 'completing')) {
    await removeObjects(ref, objects);
    return 'left';
  }
  return orFail(ref, services, async () => {
    const result = await transformed(picture, recipeOf(picture, services), services);
    const swapped = await pictures.take(ref, { do: 'swapped' });
    if (swapped === undefined && (await pictures.get(ref))?.state !== 'completing') {
      await removeObjects(ref, objects); // withdrawn meanwhile
      return 'left';
    }
    await objects.put(resultPictureRef(ref), await encodeJpeg(result));
    return 'swapped';
  });
}

async function transformed(picture: Picture, recipe: Recipe, services: OpenPictures): Promise<Pixels> {
  const { objects } = services;
  let pixels = await pixelsOf(uprightRef(picture), services);
  let regions: readonly Region[] = picture.regions ?? [];
  for (const [i, step] of recipe.transform.entries()) {
    if (step.kind === 'container') {
      pixels = await throughContainer(step, { picture, pixels, name: String(i) }, services);
      regions = [{ x: 0, y: 0, width: pixels.width, height: pixels.height }];
    } else ({ picture: pixels, regions } = transform(step, pixels, regions));
  }
  await objects.removeAll('pictures', stepRef(picture, '').key);
  return pixels;
}

async function pixelsOf(ref: Parameters<typeof readBytes>[1], { objects }: OpenPictures): Promise<Pixels> {
  return readPicture(await readBytes(objects, ref));
}

/** `name`: of the step, which its objects are named by. */
async function throughContainer(
  step: Extract<Transform, { kind: 'container' }>,
  { picture, pixels, name }: { picture: Picture; pixels: Pixels; name: string },
  services: OpenPictures,
): Promise<Pixels> {
  const { objects, tools } = services;
  const source = stepRef(picture, `${name}-source.jpg`);
  const output = stepRef(picture, `${name}-output.jpg`);
  const { base, recipe } = picture;
  await objects.put(source, await encodeJpeg(pixels));
  const target = base === undefined ? {} : { target: baseRef(recipe, base.id) };
  await tools.runContainer(step.name, { picture, source, output, ...target });
  if ((await objects.head(output)) === undefined)
    throw new Failure('pictureNotTransformed', { detail: `the container ${step.name} stored no picture` });
  return reduce(await pixelsOf(output, services), longestSide);
}
