import type { ShownPicture } from '../../functions/contract/pictures.ts';

/** A signed address is used until so long before its end. */
const spareMs = 60_000;

/**
 * A fresh list of pictures, with the addresses of the list before while these are good: a browser fetches no image again
 * that it shows. Where there is no download any more, none is kept.
 */
export function keepDownloads(
  before: readonly ShownPicture[],
  fresh: readonly ShownPicture[],
  now: number,
): ShownPicture[] {
  const known = new Map(before.map(({ person, id, download }) => [`${person} ${id}`, download]));
  return fresh.map((picture) => {
    const kept = known.get(`${picture.person} ${picture.id}`);
    if (picture.download === undefined || kept === undefined) return picture;
    return Date.parse(kept.request.expiresAt) - now > spareMs ? { ...picture, download: kept } : picture;
  });
}
