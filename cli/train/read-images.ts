import { basename, join } from 'node:path';
import { leastObjects } from '../../functions/core/data-set.ts';
import { type Side, type Sides, splitImages } from '../../functions/core/split-images.ts';
import { UserError } from '../errors.ts';
import { type LabelledImage, readLabelled } from './labelled-images.ts';
import { imagesIn, pairUp } from './pair-labels.ts';

/** Of one side. */
const leastOfSide = 5;

export interface TrainingImages {
  all: LabelledImage[];
  trained: LabelledImage[];
  aside: LabelledImage[];
  objects: number;
  /** Images without labels. */
  unlabelled: number;
  /** Of these images, and of all that earlier trainings saw. */
  sides: Record<string, 'train' | 'test'>;
}

interface Folders {
  images: string;
  labels: string;
  /** Sides that earlier trainings decided. */
  earlier: Sides;
  /** Sides of images by their names, where the user decided them; the others are split. */
  given: ReadonlyMap<string, Side>;
}

/** Reads, checks and splits all labelled images. Throws the UserErrors of what cannot be trained on. */
export async function readImages(
  { images, labels, earlier, given }: Folders,
  reading: Parameters<typeof readLabelled>[1],
  signal: AbortSignal,
): Promise<TrainingImages> {
  const names = await imagesIn(images);
  const pairs = pairUp(names, await imagesIn(labels), images === labels);
  if (pairs.length === 0) throw new UserError('nothingScored', { images, labels });
  const all: LabelledImage[] = [];
  for (const { image, label } of pairs) {
    signal.throwIfAborted();
    all.push(await readLabelled({ image: join(images, image), label: join(labels, label) }, reading));
  }
  const objects = countOf(all);
  if (objects < leastObjects)
    throw new UserError('labelsTooFew', { objects, least: leastObjects, missing: leastObjects - objects });
  if (!all.some(({ hasBackground }) => hasBackground)) throw new UserError('labelsOneClass', { images: all.length });
  const chosen = all.flatMap(({ image, hash }): [string, Side][] => {
    const side = given.get(basename(image));
    return side === undefined ? [] : [[hash, side]];
  });
  const decided = { ...Object.fromEntries(chosen), ...earlier };
  const sides = splitImages(
    all.map(({ hash }) => hash),
    decided,
  );
  if (sides === undefined) throw new UserError('imagesTooFew', { images: all.length });
  const [trained, aside] = (['train', 'test'] as const).map((side) => all.filter(({ hash }) => sides[hash] === side));
  for (const [side, own] of [
    ['trained on', trained!],
    ['kept aside', aside!],
  ] as const)
    if (countOf(own) < leastOfSide)
      throw new UserError('sideTooSmall', { side, objects: countOf(own), least: leastOfSide });
  const unlabelled = images === labels ? names.length - 2 * pairs.length : names.length - pairs.length;
  return { all, trained: trained!, aside: aside!, objects, unlabelled, sides: { ...decided, ...sides } };
}

const countOf = (images: readonly LabelledImage[]): number => images.reduce((sum, { objects }) => sum + objects, 0);
