import type { ImageInfo, PlaneIndex } from '../../image/image.ts';

/** Where a plane of the chosen channel stands. */
export type PlanePosition = Omit<PlaneIndex, 'channel'>;

/** Every plane to predict, in the order of the written TIFF: position, time, depth. */
export function* planePositions({ positions, times, depths }: ImageInfo): Generator<PlanePosition> {
  for (let position = 0; position < positions; position++)
    for (let time = 0; time < times; time++)
      for (let depth = 0; depth < depths; depth++) yield { position, time, depth };
}

/** The middle of a stack shows most of it. */
export function middlePosition(info: ImageInfo): PlanePosition {
  const positions = [...planePositions(info)];
  return positions[Math.floor(positions.length / 2)]!;
}
