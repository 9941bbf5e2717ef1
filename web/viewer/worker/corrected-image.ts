import type { RegionImage } from '../../../functions/image/tiff/regions.ts';
import { type CorrectedPlane, correctedPlane } from '../correct/corrected-plane.ts';
import type { PlaneChoice } from '../messages.ts';
import { samePlane } from '../planes.ts';
import { cut } from './found-objects.ts';

/** Pixels of a plane that is corrected, which is held whole with its labels: 400 MB. */
const mostPixels = 100e6;

/** A label image, one plane of which may have corrections. */
export interface CorrectedImage {
  readonly image: RegionImage;
  open(plane: PlaneChoice, operations: Parameters<typeof correctedPlane>[2]): Promise<void>;
  /** The one that is open. */
  plane(): CorrectedPlane;
  close(): void;
}

/** Throws in words where a plane is too large. */
export function correctedImage(stored: RegionImage): CorrectedImage {
  const { width, height } = stored.info;
  let corrected: CorrectedPlane | undefined;
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
      const whole = { left: 0, top: 0, width, height };
      const { data } = await stored.readRegion({ ...plane, channel: 0 }, 0, whole);
      const labels = Uint32Array.from(data as Uint16Array | Uint32Array);
      corrected = correctedPlane(plane, { width, height, labels }, operations);
    },
    plane() {
      if (corrected === undefined) throw new Error('no plane is corrected');
      return corrected;
    },
    close() {
      corrected = undefined;
    },
  };
}
