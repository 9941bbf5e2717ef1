import type { LabelPlanes } from '../../../client/labels/labels-of-file.ts';
import { editedLabels } from '../../../functions/core/edited-labels.ts';
import type { EditOperation } from '../../../functions/core/edits.ts';
import { labelDifference, unusedObject } from '../../../functions/core/label-difference.ts';
import type { RegionImage } from '../../../functions/image/tiff/regions.ts';
import { type Acted, type CorrectedPlane, correctedPlane, randomObject } from '../correct/corrected-plane.ts';
import { restoring } from '../correct/restoring.ts';
import type { ImportedFile } from '../correct/session-parts.ts';
import type { PlaneChoice } from '../messages.ts';
import { planesOf, samePlane } from '../planes.ts';
import { cut } from './found-objects.ts';
import { importedLabels } from './imported-labels.ts';

/** Pixels of a plane that is corrected, which is held whole with its labels: 400 MB. */
const mostPixels = 100e6;

/** A label image, one plane of which may have corrections. */
export interface CorrectedImage {
  readonly image: RegionImage;
  open(plane: PlaneChoice, operations: Parameters<typeof correctedPlane>[2]): Promise<void>;
  /** Makes the open plane what it was after the operations `until`; `since`: those that came after them. */
  restore(until: readonly EditOperation[], since: readonly EditOperation[]): Promise<Acted>;
  /** Reads the labels of a file, which `importPlane` takes. Throws what is wrong with it, in words. */
  openImport(file: ImportedFile): Promise<void>;
  /** Makes the open plane what the file says: an object keeps its number where it shares most pixels with what it was. */
  importPlane(): Promise<Acted>;
  /** The one that is open. */
  plane(): CorrectedPlane;
  close(): void;
}

/** Throws in words where a plane is too large. */
export function correctedImage(stored: RegionImage): CorrectedImage {
  const { width, height } = stored.info;
  let corrected: CorrectedPlane | undefined;
  let imported: LabelPlanes | undefined;
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
    async openImport(file) {
      imported = undefined;
      const labels = await importedLabels(file, stored.info);
      for (const plane of planesOf(stored.info)) await labels.planeOf(plane); // what is wrong with one is said before any is changed
      imported = labels;
    },
    async importPlane() {
      const own = open();
      if (imported === undefined) throw new Error('no labels are imported');
      const newObject = unusedObject(own.labels, randomObject);
      const drafts = labelDifference(own.labels, await imported.planeOf(own.plane), newObject);
      return own.act({ tool: 'import', drafts });
    },
    plane: open,
    close() {
      corrected = undefined;
      imported = undefined;
    },
  };
}
