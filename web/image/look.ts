import { Failure } from '../../functions/core/errors.ts';
import type { Beside, Image, ImageInfo } from '../../functions/image/image.ts';
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

/** A file of this computer. `path`: below the folder, `/` separated. */
export interface LocalFile {
  path: string;
  body: Blob;
}

export interface LookOptions {
  /** The setting of the job. */
  axes?: string | undefined;
  /** Files of the folder by path: some leave their words to others beside them. */
  folder?: ReadonlyMap<string, Blob>;
}

/** Looks into the files in turn until one can be read. */
export async function lookIntoFirst(files: readonly LocalFile[], options: LookOptions = {}): Promise<FirstLook> {
  const refused: FirstLook['refused'] = [];
  for (const file of files) {
    const look = await lookInto(file, options);
    if (look.info !== undefined) return { seen: { path: file.path, ...look }, refused };
    refused.push({ path: file.path, why: look.refused });
  }
  return { refused };
}

/** Those of the files that can be read. */
export async function lookIntoEach(
  files: readonly LocalFile[],
  options: LookOptions = {},
): Promise<(ImageInfo & { path: string })[]> {
  const found: (ImageInfo & { path: string })[] = [];
  for (const file of files) {
    const { info } = await lookInto(file, options);
    if (info !== undefined) found.push({ ...info, path: file.path });
  }
  return found;
}

/** Reads the header of an image and none of its pixels. */
async function lookInto(file: LocalFile, { axes, folder }: LookOptions = {}): Promise<Look> {
  try {
    const { info, notes, noPixelSize } = await openImage(blobSource(file.body), {
      ...besideOf(file.path, folder),
      ...(axes !== undefined && { axes }),
    });
    return { info, ...(notes && { notes }), ...(noPixelSize !== undefined && { noPixelSize }) };
  } catch (error) {
    if (error instanceof Failure) return { refused: error.message };
    throw error;
  }
}

function besideOf(path: string, folder: ReadonlyMap<string, Blob> | undefined): Beside {
  const slash = path.lastIndexOf('/') + 1;
  return {
    name: path.slice(slash),
    async sibling(name) {
      const body = folder?.get(path.slice(0, slash) + name);
      return body && { ...blobSource(body), [Symbol.asyncDispose]: async () => {} };
    },
  };
}
