import { isProjection, type PlaneMode } from './plane-mode.ts';

/** What says how many objects an image has; of its summary (core/summary). */
export interface CountedImage {
  positions: number;
  times: number;
  depths: number;
  /** Each once; absent where several planes were counted each by itself. */
  objects?: number | undefined;
  /** Absent where the image has one plane. `sections`: objects of each predicted plane, added up. */
  counted?: { planes: PlaneMode; sections: number } | undefined;
}

const isProjected = ({ depths, counted }: Omit<CountedImage, 'objects'>): boolean =>
  depths > 1 && counted !== undefined && isProjection(counted.planes);

/** Planes that were predicted: every position, time and depth of the chosen channel, or one for all depths. */
export const predictedPlanes = (image: Omit<CountedImage, 'objects'>): number =>
  image.positions * image.times * (isProjected(image) ? 1 : image.depths);

/** Mean over the predicted planes of how many objects each shows. */
export const objectsPerPlane = (image: CountedImage): number =>
  image.counted === undefined ? (image.objects ?? 0) : image.counted.sections / predictedPlanes(image);

const projections: Record<string, string> = { max: 'maximum', mean: 'mean' };

/** How the number of objects came about, in words: `linked through 5 depths, tracked over 10 times`. */
export function countedHow(image: CountedImage): string {
  const { positions, times, depths, counted } = image;
  if (counted === undefined) return 'in one plane';
  if (image.objects === undefined) return 'each plane by itself';
  const parts: string[] = [];
  if (isProjected(image)) parts.push(`in the ${projections[counted.planes]} of ${depths} depths`);
  else if (depths > 1) parts.push(`linked through ${depths} depths`);
  if (times > 1) parts.push(`tracked over ${times} times`);
  if (positions > 1) parts.push(`summed over ${positions} positions`);
  return parts.join(', ');
}

/** In a few words: `12 objects`, `8.4 objects a plane`. */
export const countedShort = (image: CountedImage): string =>
  image.objects === undefined
    ? `${oneDecimal(objectsPerPlane(image))} objects a plane`
    : inWords(image.objects, 'object');

/** The number of objects, and what it is where that is a question: `12 objects, each counted once: linked through 5 depths`. */
export function countedInWords(image: CountedImage): string {
  const planes = predictedPlanes(image);
  if (image.objects === undefined)
    return `${countedShort(image)}: mean of ${inWords(planes, 'plane')}, each counted by itself`;
  return image.counted === undefined
    ? countedShort(image)
    : `${countedShort(image)}, each counted once: ${countedHow(image)}`;
}

const inWords = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

const oneDecimal = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });
