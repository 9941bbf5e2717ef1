import { Failure } from '../../core/errors.ts';
import { sentPictureRef, uprightRef } from '../../core/pictures/keys.ts';
import type { Picture, PictureRef, Region } from '../../core/pictures/picture.ts';
import type { Recipe } from '../../core/pictures/recipe.ts';
import { encodePng } from '../../image/png.ts';
import { readBytes } from '../../object-streams/read-object.ts';
import { longestSide, type Pixels, reduce } from '../../photographs/pixels.ts';
import { readPicture } from '../../photographs/read-picture.ts';
import { orFail } from './fail-picture.ts';
import { removeObjects } from './remove-picture.ts';
import type { OpenPictures } from './services.ts';

/** Of a picture as it is sent. */
const mostBytes = 20_000_000;

/** `held`: nobody agreed yet. `left`: nothing is to be done with it any more, and what came is removed. */
export type CropResult = 'held' | 'cropped' | 'left' | 'failed';

/**
 * Takes what was sent once its owner has agreed: reads it, finds its regions, and stores it upright and without metadata,
 * whose arrival starts `swap`. Not a byte of it is read before. Safe to repeat, also after a crash at any point.
 */
export async function crop(ref: PictureRef, services: OpenPictures): Promise<CropResult> {
  const { pictures, objects } = services;
  const picture = (await pictures.take(ref, { do: 'arrive' })) ?? (await pictures.get(ref));
  if (picture?.state === 'held') return 'held';
  if (picture === undefined || picture.state === 'failed' || picture.state === 'withdrawn') {
    await removeObjects(ref, objects);
    if (picture?.state === 'withdrawn') await pictures.remove(ref);
    return 'left';
  }
  return orFail(ref, services, async () => {
    const recipe = recipeOf(picture, services);
    if (picture.state === 'cropping') return begin(picture, recipe, services);
    const isCropped = picture.state !== 'swapping' && picture.state !== 'reviewing';
    if (isCropped || (await objects.head(uprightRef(ref))) !== undefined) return finish(picture, recipe, services);
    const pixels = await read(picture, recipe, services); // it died between two steps
    return pixels === undefined ? leave(picture, services) : store(picture, recipe, pixels, services);
  });
}

/** Throws `pictureNotTransformed` where the lab took it away meanwhile. */
export function recipeOf(picture: Picture, { tools }: Pick<OpenPictures, 'tools'>): Recipe {
  const recipe = tools.recipes.get(picture.recipe);
  if (recipe === undefined)
    throw new Failure('pictureNotTransformed', { detail: `there is no recipe ${picture.recipe} any more` });
  return recipe;
}

async function begin(picture: Picture, recipe: Recipe, services: OpenPictures): Promise<CropResult> {
  const pixels = await read(picture, recipe, services);
  if (pixels === undefined) return leave(picture, services);
  const regions = await regionsOf(pixels, recipe, services);
  const { width, height } = pixels;
  const found = await services.pictures.take(picture, {
    ...{ do: 'found', size: { width, height }, regions, review: recipe.complete.review },
  });
  if (found === undefined) return leave(picture, services);
  return store(picture, recipe, pixels, services);
}

/** Another run was faster, or the picture was withdrawn meanwhile: only then are its objects nobody's. */
async function leave(ref: PictureRef, { pictures, objects }: OpenPictures): Promise<CropResult> {
  const now = await pictures.get(ref);
  if (now === undefined || now.state === 'withdrawn' || now.state === 'failed') await removeObjects(ref, objects);
  return 'left';
}

/** Undefined where another run of the same message has stored it upright meanwhile, and removed what was sent. */
async function read(picture: Picture, { accepts }: Recipe, services: OpenPictures): Promise<Pixels | undefined> {
  const { objects } = services;
  const ref = sentPictureRef(picture);
  const head = await objects.head(ref);
  if (head === undefined) {
    if (await isStored(picture, services)) return undefined;
    throw new Failure('pictureNotSent', {});
  }
  if (head.bytes > mostBytes)
    throw new Failure('pictureTooLarge', { detail: `it has ${head.bytes} bytes; the limit is ${mostBytes}` });
  const { type, ...pixels } = await readPicture(await readBytes(objects, ref));
  if (!accepts.includes(type))
    throw new Failure('pictureNotImage', { found: `it is ${type}, and its recipe takes ${accepts.join(', ')}` });
  return reduce(pixels, longestSide);
}

/** The upright picture is asked for first: it is removed only after the state has moved on. */
async function isStored(ref: PictureRef, { pictures, objects }: OpenPictures): Promise<boolean> {
  if ((await objects.head(uprightRef(ref))) !== undefined) return true;
  const state = (await pictures.get(ref))?.state;
  return state !== 'cropping' && state !== 'swapping' && state !== 'reviewing';
}

async function regionsOf(pixels: Pixels, { region }: Recipe, { tools }: OpenPictures): Promise<Region[]> {
  const { width, height } = pixels;
  if (region.detector === 'whole') return [{ x: 0, y: 0, width, height }];
  const faces = await tools.findFaces(pixels, region.threshold);
  if (faces.length === 0) throw new Failure('pictureNoFace', {});
  const area = (face: Region) => face.width * face.height;
  const chosen = region.choose === 'all' ? faces : [faces.reduce((a, b) => (area(b) > area(a) ? b : a))];
  return chosen.map((face) => padded(face, region.padding, pixels));
}

/** With so much of its width and height more on each side, as far as the picture goes. */
function padded({ x, y, width, height, score }: Region, padding: number, picture: Pixels): Region {
  const left = Math.max(0, x - padding * width);
  const top = Math.max(0, y - padding * height);
  const right = Math.min(picture.width, x + (1 + padding) * width);
  const bottom = Math.min(picture.height, y + (1 + padding) * height);
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  return score === undefined ? box : { ...box, score };
}

async function store(picture: Picture, recipe: Recipe, pixels: Pixels, services: OpenPictures): Promise<CropResult> {
  await services.objects.put(uprightRef(picture), await encodePng({ ...pixels, samples: 3 }, { level: 1 }));
  return finish(picture, recipe, services);
}

async function finish(picture: Picture, { complete }: Recipe, { objects }: OpenPictures): Promise<CropResult> {
  if (complete.deleteOriginal) await objects.remove(sentPictureRef(picture));
  return 'cropped';
}
