import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { type LabelledImage, readLabelled } from './labelled-images.ts';
import { imagesIn, pairUp } from './pair-labels.ts';
import { type Sides, splitImages } from './split.ts';

/** Fewer objects, on both sides together, are too few to learn from and to score with. */
const leastObjects = 25;
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
}

/** Reads, checks and splits all labelled images. Throws the UserErrors of what cannot be trained on. */
export async function readImages(
  { images, labels, earlier }: Folders,
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
  const sides = splitImages(
    all.map(({ hash }) => hash),
    earlier,
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
  return { all, trained: trained!, aside: aside!, objects, unlabelled, sides: { ...earlier, ...sides } };
}

const countOf = (images: readonly LabelledImage[]): number => images.reduce((sum, { objects }) => sum + objects, 0);
