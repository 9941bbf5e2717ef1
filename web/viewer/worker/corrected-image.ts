import type { LabelPlanes } from '../../../client/labels/labels-of-file.ts';
import { editedLabels, type LabelPlane } from '../../../functions/core/edited-labels.ts';
import type { EditOperation } from '../../../functions/core/edits.ts';
import { labelDifference, unusedObject } from '../../../functions/core/label-difference.ts';
import type { Samples } from '../../../functions/image/blocks.ts';
import type { Region, RegionImage } from '../../../functions/image/tiff/regions.ts';
import { type Acted, type CorrectedPlane, correctedPlane, randomObject } from '../correct/corrected-plane.ts';
import { restoring } from '../correct/restoring.ts';
import type { ImportedFile } from '../correct/session-parts.ts';
import type { PlaneChoice } from '../messages.ts';
import { planesOf, samePlane } from '../planes.ts';
import { cut } from './found-objects.ts';
import { importedLabels } from './imported-labels.ts';

/** Pixels of a plane that is corrected, which is held whole with its labels: 400 MB. */
const mostPixels = 100e6;

/** Pixels that are read at once. */
const bandPixels = 1 << 20;

/** A label image, one plane of which may have corrections. */
export interface CorrectedImage {
  readonly image: RegionImage;
  /** Labels of a part of a level of tiles: the middle pixel of each block, as a file's are read; undefined of a plane that is not open. */
  sampled(plane: PlaneChoice, level: number, region: Region): Samples | undefined;
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
    stored.release(); // parts that were shown are not held twice
    const labels = new Uint32Array(width * height);
    const rows = Math.max(1, Math.floor(bandPixels / width));
    for (let top = 0; top < height; top += rows) {
      const band = { left: 0, top, width, height: Math.min(rows, height - top) };
      const { data } = await stored.readRegion({ ...plane, channel: 0 }, 0, band);
      labels.set(data as Uint16Array | Uint32Array, top * width);
      stored.release(); // these rows are here now
    }
    return labels;
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
      release: stored.release,
      async readRegion(index, level, region) {
        if (corrected === undefined || level !== 0 || !samePlane(corrected.plane, index))
          return stored.readRegion(index, level, region);
        return cut(corrected.labels.labels, width, region);
      },
    },
    sampled(plane, level, region) {
      if (corrected === undefined || !samePlane(corrected.plane, plane)) return undefined;
      return middlesOf(corrected.labels, 2 ** level, region);
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

/** `region`: of blocks of `by` x `by` pixels. */
function middlesOf({ width, height, labels }: LabelPlane, by: number, region: Region): Samples {
  const data = new Uint32Array(region.width * region.height);
  const half = by >> 1;
  for (let row = 0, to = 0; row < region.height; row++) {
    const from = Math.min(height - 1, (region.top + row) * by + half) * width;
    for (let column = 0; column < region.width; column++, to++)
      data[to] = labels[from + Math.min(width - 1, (region.left + column) * by + half)]!;
  }
  return { width: region.width, height: region.height, data };
}
