import { Failure } from '../../functions/core/errors.ts';
import type { ImageInfo } from '../../functions/image/image.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { blobSource } from './blob-source.ts';

/** What the stages will see in a file, or why they will refuse it. */
export type Look = { info: ImageInfo; refused?: never } | { refused: string; info?: never };

/** Of several: what the first good one is, and which before it will be refused. */
export interface FirstLook {
  seen?: { path: string; info: ImageInfo };
  refused: { path: string; why: string }[];
}

/** Looks into the files in turn until one can be read. */
export async function lookIntoFirst(files: readonly { path: string; body: Blob }[]): Promise<FirstLook> {
  const refused: FirstLook['refused'] = [];
  for (const { path, body } of files) {
    const { info, refused: why } = await lookInto(body);
    if (info !== undefined) return { seen: { path, info }, refused };
    refused.push({ path, why });
  }
  return { refused };
}

/** Reads the header of a TIFF file and none of its pixels. */
export async function lookInto(file: Blob): Promise<Look> {
  try {
    return { info: (await openImage(blobSource(file), file instanceof File ? { name: file.name } : {})).info };
  } catch (error) {
    if (error instanceof Failure) return { refused: error.message };
    throw error;
  }
}
