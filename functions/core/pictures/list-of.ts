import type { Picture } from './picture.ts';

/** Lists that hold pictures of several owners. */
export type PictureList = 'lab' | 'review';

/** The one that a picture is in. */
export function listOf({ state, show }: Pick<Picture, 'state' | 'show'>): PictureList | undefined {
  if (state === 'reviewing') return 'review';
  return state === 'shown' && show === 'lab' ? 'lab' : undefined;
}
