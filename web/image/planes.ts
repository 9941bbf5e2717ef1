import type { ImageInfo } from '../../functions/image/image.ts';

/** Planes that were predicted, as in core/summary, whose schemas are not for the page. */
export const planesOf = ({ positions, times, depths }: Pick<ImageInfo, 'positions' | 'times' | 'depths'>): number =>
  positions * times * depths;
