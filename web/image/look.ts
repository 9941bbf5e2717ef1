import { Failure } from '../../functions/core/errors.ts';
import type { Image, ImageInfo } from '../../functions/image/image.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { blobSource } from './blob-source.ts';

/** What the stages will see in a file. */
type Seen = Pick<Image, 'info' | 'notes' | 'noPixelSize'>;
/** It, or why the stages will refuse the file. */
export type Look = (Seen & { refused?: never }) | { refused: string; info?: never };

/** Of several: what the first good one is, and which before it will be refused. */
export interface FirstLook {
  seen?: Seen & { path: string };
  refused: { path: string; why: string }[];
}

/** Looks into the files in turn until one can be read. `axes`: the setting of the job. */
export async function lookIntoFirst(files: readonly { path: string; body: Blob }[], axes?: string): Promise<FirstLook> {
  const refused: FirstLook['refused'] = [];
  for (const { path, body } of files) {
    const look = await lookInto(body, axes);
    if (look.info !== undefined) return { seen: { path, ...look }, refused };
    refused.push({ path, why: look.refused });
  }
  return { refused };
}

/** Those of the files that can be read. `axes`: the setting of the job. */
export async function lookIntoEach(
  files: readonly { path: string; body: Blob }[],
  axes?: string,
): Promise<(ImageInfo & { path: string })[]> {
  const found: (ImageInfo & { path: string })[] = [];
  for (const { path, body } of files) {
    const { info } = await lookInto(body, axes);
    if (info !== undefined) found.push({ ...info, path });
  }
  return found;
}

/** Reads the header of a TIFF file and none of its pixels. */
export async function lookInto(file: Blob, axes?: string): Promise<Look> {
  try {
    const { info, notes, noPixelSize } = await openImage(blobSource(file), {
      ...(file instanceof File && { name: file.name }),
      ...(axes !== undefined && { axes }),
    });
    return { info, ...(notes && { notes }), ...(noPixelSize !== undefined && { noPixelSize }) };
  } catch (error) {
    if (error instanceof Failure) return { refused: error.message };
    throw error;
  }
}
