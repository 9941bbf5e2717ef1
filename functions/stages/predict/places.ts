import type { ImageInfo, PlaneIndex } from '../../image/image.ts';

/** Where a plane of the chosen channel stands. */
export type Place = Omit<PlaneIndex, 'channel'>;

/** Every plane to predict, in the order of the written TIFF: position, time, depth. */
export function* placesOf({ positions, times, depths }: ImageInfo): Generator<Place> {
  for (let position = 0; position < positions; position++)
    for (let time = 0; time < times; time++)
      for (let depth = 0; depth < depths; depth++) yield { position, time, depth };
}

/** The middle of a stack shows most of it. */
export function middlePlace(info: ImageInfo): Place {
  const places = [...placesOf(info)];
  return places[Math.floor(places.length / 2)]!;
}
