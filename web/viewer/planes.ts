import type { ImageInfo } from '../../functions/image/image.ts';
import type { PlaneChoice } from './messages.ts';

type Counts = Pick<ImageInfo, 'positions' | 'times' | 'depths'>;

/** The plane in the middle, of which the preview is made, too: it shows most of a stack. */
export function middlePlane({ positions, times, depths }: Counts): PlaneChoice {
  const number = Math.floor((positions * times * depths) / 2);
  return {
    position: Math.floor(number / (times * depths)),
    time: Math.floor(number / depths) % times,
    depth: number % depths,
  };
}

/** The plane of a label image that belongs to a plane of the image: a projection has one for all depths. */
export const planeWithin = (
  { position, time, depth }: PlaneChoice,
  { positions, times, depths }: Counts,
): PlaneChoice => ({
  position: Math.min(position, positions - 1),
  time: Math.min(time, times - 1),
  depth: Math.min(depth, depths - 1),
});

export const samePlane = (a: PlaneChoice, b: PlaneChoice): boolean =>
  a.position === b.position && a.time === b.time && a.depth === b.depth;

/** All planes of an image, depths of a time together, times of a position. */
export function planesOf({ positions, times, depths }: Counts): PlaneChoice[] {
  const planes: PlaneChoice[] = [];
  for (let position = 0; position < positions; position++)
    for (let time = 0; time < times; time++)
      for (let depth = 0; depth < depths; depth++) planes.push({ position, time, depth });
  return planes;
}
