import { type LabelPlanes, type LabelSize, openLabels } from '../../../client/labels/labels-of-file.ts';
import { Failure } from '../../../functions/core/errors.ts';
import type { ByteSource } from '../../../functions/image/image.ts';
import { openRegions } from '../../../functions/image/tiff/regions.ts';
import { blobSource } from '../../image/blob-source.ts';
import type { ImportedFile } from '../correct/session-parts.ts';
import { readRoiZip } from './roi-zip.ts';

/** JPEG changes the numbers of objects. */
async function refuseJpeg(): Promise<never> {
  throw new Failure('imageUnsupported', { feature: 'labels compressed as JPEG' });
}

/** Labels of a file of this computer. Throws what is wrong with it, in words. */
export function importedLabels({ name, blob }: ImportedFile, size: LabelSize): Promise<LabelPlanes> {
  const openImage = async (source: ByteSource) => {
    const image = await openRegions(source, { name, expandElsewhere: refuseJpeg, keptBytes: 0 });
    const { width, height } = image.info;
    const whole = { left: 0, top: 0, width, height };
    return {
      info: image.info,
      readPlane: (index: Parameters<typeof image.readRegion>[0]) => image.readRegion(index, 0, whole),
    };
  };
  const readRois = (source: ByteSource, most: number) => readRoiZip(source, name, most);
  return openLabels({ name, source: blobSource(blob), openImage, readRois }, size);
}
