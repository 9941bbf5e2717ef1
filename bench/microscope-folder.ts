import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { nucleiImage } from '../samples/synthetic.ts';
import { writePlainTiff } from './plain-tiff.ts';

/** Square planes of 40 MB: 4472 x 4472 x 2 bytes. */
export const side40MB = 4472;
/** Pixels for each nucleus: about a tenth of the plane is nuclei, as in a culture at 20x. */
const pixelsPerNucleus = 5000;
export const pixelSize = 0.325;

/**
 * A folder of synthetic 16-bit fluorescence images, uncompressed, each another; made once and kept. The synthetic planes
 * and their seeds are the same on every machine.
 */
export async function microscopeFolder(cache: string, files: number, side: number): Promise<string> {
  const folder = join(cache, `nuclei-${files}x${side}`);
  if (existsSync(folder)) return folder;
  const growing = `${folder}.new`;
  await mkdir(growing, { recursive: true });
  for (let file = 0; file < files; file++)
    await writePlainTiff(
      join(growing, `field-${String(file + 1).padStart(2, '0')}.tif`),
      { height: side, width: side, planes: 1, pixelSize },
      () => nucleiPlane(side, file + 1),
    );
  await rename(growing, folder);
  return folder;
}

export const nucleiPlane = (side: number, seed: number): Uint16Array =>
  nucleiImage({ height: side, width: side, nuclei: Math.ceil(side ** 2 / pixelsPerNucleus), radius: 12, seed });
