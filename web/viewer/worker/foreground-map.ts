import type { Box } from '../../../functions/core/edited-labels.ts';
import { Failure } from '../../../functions/core/errors.ts';
import { openRegions, type RegionImage } from '../../../functions/image/tiff/regions.ts';
import { heightOf, widthOf } from '../correct/shapes.ts';
import type { PlaneChoice, RemoteFile } from '../messages.ts';
import { readingAhead } from './reading-ahead.ts';
import { remoteSource } from './remote-source.ts';

/** Of decoded strips, for the next click nearby. */
const keptBytes = 16 << 20;
/** Pixels that are read at once where all of a plane is. */
const bandPixels = 1 << 20;

/** How near each pixel is to the threshold of the model, as predict kept it: bytes, 128 at it. */
export interface ForegroundMap {
  read(plane: PlaneChoice, box: Box): Promise<Uint8Array>;
  /** All rows of a plane, some at a time. */
  rows(plane: PlaneChoice): AsyncGenerator<{ top: number; bytes: Uint8Array }>;
}

/** It would change the map; predict writes none. */
async function refuseJpeg(): Promise<never> {
  throw new Failure('imageUnsupported', { feature: 'a map compressed as JPEG' });
}

/** Opened with the first read. Reads throw in words what keeps it from being read. */
export function foregroundMap(file: RemoteFile, renew: () => Promise<RemoteFile | undefined>): ForegroundMap {
  let opening: Promise<RegionImage> | undefined;
  const open = (): Promise<RegionImage> => {
    if (opening === undefined) {
      const source = readingAhead(remoteSource(file, renew));
      opening = openRegions(source, { name: 'foreground.tif', expandElsewhere: refuseJpeg, keptBytes });
      opening.catch(() => {
        opening = undefined; // the next click asks again
      });
    }
    return opening;
  };
  const read = async (plane: PlaneChoice, box: Box): Promise<Uint8Array> => {
    const region = { left: box.left, top: box.top, width: widthOf(box), height: heightOf(box) };
    const { data } = await (await open()).readRegion({ ...plane, channel: 0 }, 0, region);
    return data as Uint8Array;
  };
  return {
    read,
    async *rows(plane) {
      const { info, release } = await open();
      const { width, height } = info;
      const rows = Math.max(1, Math.floor(bandPixels / width));
      for (let top = 0; top < height; top += rows) {
        const bottom = Math.min(height, top + rows) - 1;
        yield { top, bytes: await read(plane, { left: 0, top, right: width - 1, bottom }) };
      }
      release();
    },
  };
}
