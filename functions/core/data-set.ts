import type { AcceptedRegion } from './edits.ts';
import { type Side, splitImages } from './split-images.ts';

/** Fewer objects, on both sides together, are too few to learn from and to score with. */
export const leastObjects = 25;
/** One is trained on, and one is kept aside. */
const leastImages = 2;
/** Of one data set: its row stays small. */
export const mostImages = 1000;

/** Of a plane: it is in memory several times while it is copied and trained on. */
export const mostPixels = 2 ** 26;

export const modelKinds = ['pixels', 'network'] as const;
/** `pixels`: a forest on filters, in seconds. `network`: nuclei, trained further by PyTorch. */
export type ModelKind = (typeof modelKinds)[number];

/**
 * `better`: the model is in the registry. `notBetter`: it was made and is not kept. `failed`: none was made. `stopped`: the
 * user stopped it; begun again with the same images, a network goes on from its last whole epoch.
 */
export const trainingStates = ['queued', 'running', 'better', 'notBetter', 'failed', 'stopped'] as const;
type TrainingState = (typeof trainingStates)[number];

export interface DataSetRef {
  owner: string;
  id: string;
}

/** An image with accepted regions, whose pixels and labels the data set keeps. */
export interface DataSetImage {
  /** sha256 of its file: what names it, whatever jobs it was in. */
  source: string;
  /** Where it was accepted, and by which revision of its corrections. */
  job: string;
  path: string;
  revision: number;
  /** Names of its planes: each is an image and a label TIFF (core/object-keys `dataSetRef`). */
  planes: string[];
  /** Objects of the accepted regions: those that have at least half of their pixels there. */
  objects: number;
  /** ms since 1970. */
  addedAt: number;
}

/** An image that is being copied into a data set, or could not be. */
export interface AddedImage {
  job: string;
  path: string;
  /** ms since 1970. */
  askedAt: number;
  /** Why it is not in the data set. */
  failure?: { code: string; message: string };
}

/** F1 of objects at IoU 0.5, before and after. */
interface Scores {
  before: number;
  after: number;
}

export interface Training {
  kind: ModelKind;
  state: TrainingState;
  /** ms since 1970. */
  askedAt: number;
  endedAt?: number;
  /** Of what it was asked for with. */
  images: number;
  objects: number;
  progress?: { step: 'epochs' | 'scores'; done: number; total: number; secondsLeft?: number };
  /** Of a machine that works on it: which one, when it last said so (ms since 1970), and what it cost (US dollars) by then. */
  machine?: { id: string; at: number; usd: number };
  /** On the images kept aside, all together and each. */
  scores?: Scores & { images: (Scores & { image: string })[] };
  /** Why it is not better, or failed. */
  failure?: { code: string; message: string };
}

/** Images to train one model with. */
export interface DataSet extends DataSetRef {
  /** Of the models, too. */
  name: string;
  /** Who made it, for people. */
  by: string;
  createdAt: number;
  images: DataSetImage[];
  /** Images on their way into it, where that takes its time. */
  adding?: AddedImage[];
  /** Sides of the images by source, once they were trained with: they never change. */
  sides: Record<string, Side>;
  /** The last one. */
  training?: Training;
  /** Id of the model in the registry that was better last. */
  version?: string;
}

/*
 * Transitions: each takes the data set as stored and returns the new one, or undefined where the change does not apply; an
 * adapter runs one and its write as one atomic step.
 */

/** What is in work, or waits to be. */
export const isTraining = ({ training }: Pick<DataSet, 'training'>): boolean =>
  training?.state === 'queued' || training?.state === 'running';

export const objectsOf = (images: readonly Pick<DataSetImage, 'objects'>[]): number =>
  images.reduce((sum, { objects }) => sum + objects, 0);

/** How much more is needed before a model can be taught; nothing where it is enough. */
export function missingOf({ images }: Pick<DataSet, 'images'>): { objects: number; images: number } {
  return {
    objects: Math.max(0, leastObjects - objectsOf(images)),
    images: Math.max(0, leastImages - images.length),
  };
}

/** With an image, in the place of what it had of it; undefined where it is full. */
export function withImage(dataSet: DataSet, image: DataSetImage): DataSet | undefined {
  const others = dataSet.images.filter(({ source }) => source !== image.source);
  return others.length >= mostImages ? undefined : { ...withoutAdded(dataSet, image), images: [...others, image] };
}

/** Failures that a data set remembers: the newest. */
const mostFailures = 20;

type Added = Pick<AddedImage, 'job' | 'path'>;
const isAdded =
  ({ job, path }: Added) =>
  (each: Added): boolean =>
    each.job === job && each.path === path;

/** Whether images are on their way into it. */
export const isAdding = ({ adding = [] }: Pick<DataSet, 'adding'>): boolean =>
  adding.some(({ failure }) => failure === undefined);

/** Is this image on its way into it? */
export const awaits = ({ adding = [] }: Pick<DataSet, 'adding'>, image: Added): boolean =>
  isAdding({ adding: adding.filter(isAdded(image)) });

function withoutAdded(dataSet: DataSet, image: Added): DataSet {
  const { adding = [], ...rest } = dataSet;
  const others = adding.filter((each) => !isAdded(image)(each));
  return { ...rest, ...(others.length > 0 && { adding: others }) };
}

/** An image is asked for, or failed; undefined while a training is in work. */
export function withAdded(dataSet: DataSet, added: AddedImage): DataSet | undefined {
  if (isTraining(dataSet)) return undefined;
  const { adding = [] } = withoutAdded(dataSet, added);
  const all = [...adding, added];
  const failed = all.filter(({ failure }) => failure !== undefined).slice(-mostFailures);
  return { ...dataSet, adding: all.filter((each) => each.failure === undefined || failed.includes(each)) };
}

/** Undefined where one is in work, images are on their way or too little is labelled. The sides of all its images are decided by now. */
export function askForTraining(dataSet: DataSet, kind: ModelKind, now: number): DataSet | undefined {
  const { images } = dataSet;
  const missing = missingOf(dataSet);
  const sides = splitImages(
    images.map(({ source }) => source),
    dataSet.sides,
  );
  if (isTraining(dataSet) || isAdding(dataSet) || missing.objects > 0 || missing.images > 0 || sides === undefined)
    return undefined;
  const training = { kind, state: 'queued' as const, askedAt: now, images: images.length, objects: objectsOf(images) };
  return { ...dataSet, sides: { ...dataSet.sides, ...sides }, training };
}

/** What is learnt of a training in work; undefined where none is. */
export const noteTraining = (dataSet: DataSet, news: Partial<Training>): DataSet | undefined =>
  isTraining(dataSet) ? { ...dataSet, training: { ...dataSet.training!, ...news } } : undefined;

/** Pixels of a plane that lie in accepted regions: 1, else 0. Regions count in the order they were given in. */
export function acceptedMask(
  { height, width }: { height: number; width: number },
  regions: readonly { region: AcceptedRegion; accepted: boolean }[],
): Uint8Array {
  const mask = new Uint8Array(height * width);
  for (const { region, accepted } of regions)
    for (let row = region.top; row < Math.min(height, region.top + region.height); row++)
      mask.fill(accepted ? 1 : 0, row * width + region.left, row * width + Math.min(width, region.left + region.width));
  return mask;
}

/** A label of pixels of which nobody said what is there. */
export const unknownLabel = -1;

/**
 * Labels to train with: of the objects (`labels`, 0 is none) those that have at least half of their pixels in accepted
 * regions, whole; background of these regions; everything else is unknown.
 */
export function acceptedLabels(
  labels: ArrayLike<number>,
  mask: Uint8Array,
): { labels: Int32Array<ArrayBuffer>; objects: number } {
  const balance = new Map<number, number>(); // pixels inside less those outside
  for (let i = 0; i < labels.length; i++)
    balance.set(labels[i]!, (balance.get(labels[i]!) ?? 0) + (mask[i] === 1 ? 1 : -1));
  balance.delete(0);
  const kept = new Set([...balance].flatMap(([label, more]) => (more >= 0 ? [label] : [])));
  const out = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    out[i] = kept.has(label) ? label : label === 0 && mask[i] === 1 ? 0 : unknownLabel;
  }
  return { labels: out, objects: kept.size };
}
