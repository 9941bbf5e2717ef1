import { editedLabels } from '../../../functions/core/edited-labels.ts';
import type { EditOperation } from '../../../functions/core/edits.ts';
import type { RegionImage } from '../../../functions/image/tiff/regions.ts';
import { type Acted, type CorrectedPlane, correctedPlane } from '../correct/corrected-plane.ts';
import { restoring } from '../correct/restoring.ts';
import type { PlaneChoice } from '../messages.ts';
import { samePlane } from '../planes.ts';
import { cut } from './found-objects.ts';

/** Pixels of a plane that is corrected, which is held whole with its labels: 400 MB. */
const mostPixels = 100e6;

/** A label image, one plane of which may have corrections. */
export interface CorrectedImage {
  readonly image: RegionImage;
  open(plane: PlaneChoice, operations: Parameters<typeof correctedPlane>[2]): Promise<void>;
  /** Makes the open plane what it was after the operations `until`; `since`: those that came after them. */
  restore(until: readonly EditOperation[], since: readonly EditOperation[]): Promise<Acted>;
  /** The one that is open. */
  plane(): CorrectedPlane;
  close(): void;
}

/** Throws in words where a plane is too large. */
export function correctedImage(stored: RegionImage): CorrectedImage {
  const { width, height } = stored.info;
  let corrected: CorrectedPlane | undefined;
  const labelsOf = async (plane: PlaneChoice): Promise<Uint32Array> => {
    const { data } = await stored.readRegion({ ...plane, channel: 0 }, 0, { left: 0, top: 0, width, height });
    return Uint32Array.from(data as Uint16Array | Uint32Array);
  };
  const open = (): CorrectedPlane => {
    if (corrected === undefined) throw new Error('no plane is corrected');
    return corrected;
  };
  return {
    image: {
      info: stored.info,
      notes: stored.notes,
      levels: stored.levels,
      async readRegion(index, level, region) {
        if (corrected === undefined || level !== 0 || !samePlane(corrected.plane, index))
          return stored.readRegion(index, level, region);
        return cut(corrected.labels.labels, width, region);
      },
    },
    async open(plane, operations) {
      if (width * height > mostPixels)
        throw new Error(`a plane of ${width} x ${height} pixels is too large to be corrected in a browser`);
      corrected = undefined;
      const labels = await labelsOf(plane);
      corrected = correctedPlane(plane, { width, height, labels }, operations);
    },
    async restore(until, since) {
      const own = open();
      const wanted = editedLabels({ width, height, labels: await labelsOf(own.plane) });
      for (const operation of until) wanted.apply(operation);
      const drafts = restoring({ current: own.labels, wanted: wanted.plane.labels, until, since });
      return own.act({ tool: 'restore', drafts });
    },
    plane: open,
    close() {
      corrected = undefined;
    },
  };
}
