import type { CountedImage } from '../../functions/core/counted-objects.ts';

/** How many objects the preview outlines; of several planes it shows one, whose number is not known. */
export const objectsDrawn = (image: CountedImage | undefined): number | undefined =>
  image?.counted === undefined ? image?.objects : undefined;
