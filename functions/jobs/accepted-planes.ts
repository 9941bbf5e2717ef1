import { acceptedMask } from '../core/data-set.ts';
import type { AcceptedRegion, EditEntry, EditPlane } from '../core/edits.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { editLog, type ImageRef } from './edit-log.ts';

export interface AcceptedPlane {
  plane: EditPlane;
  /** In the order they were given in. */
  regions: { region: AcceptedRegion; accepted: boolean }[];
}

/** Planes of which a region was accepted, or not any more. */
export function acceptedPlanes(entries: readonly EditEntry[]): AcceptedPlane[] {
  const planes = new Map<string, AcceptedPlane>();
  for (const operation of entries.flatMap(({ operations }) => operations)) {
    if (operation.do !== 'accept') continue;
    const { plane, region, accepted } = operation;
    const key = `${plane.position} ${plane.time} ${plane.depth}`;
    const known = planes.get(key) ?? { plane, regions: [] };
    known.regions.push({ region, accepted });
    planes.set(key, known);
  }
  return [...planes.values()];
}

/** Is a region of the image accepted? */
export async function hasAccepted(image: ImageRef, objects: ObjectStore): Promise<boolean> {
  const planes = acceptedPlanes(await editLog(objects).all(image));
  return planes.some(({ regions }) => acceptedMask(extentOf(regions), regions).includes(1));
}

/** Rows and columns that regions reach. */
const extentOf = (regions: AcceptedPlane['regions']) => ({
  height: Math.max(...regions.map(({ region }) => region.top + region.height)),
  width: Math.max(...regions.map(({ region }) => region.left + region.width)),
});
