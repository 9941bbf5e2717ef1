import { FileError, readBlob } from '../../client/upload/file-error.ts';
import type { Outgoing } from '../../client/upload/outgoing.ts';

/** A file that was dropped or chosen. */
export interface PickedFile extends Outgoing {
  body: Blob;
}

/**
 * A file as it was when the page first looked. Its size is asked for once, since a browser may look at the disk each time;
 * a piece of it is fixed by the browser to the date that it had when the piece was made.
 */
export function pickedFile(path: string, file: File): PickedFile {
  const bytes = file.size;
  let first: number | undefined;
  return {
    path,
    bytes,
    body: file,
    async open() {
      const { size, lastModified } = file;
      if (size !== bytes || lastModified !== (first ?? lastModified)) {
        await readBlob(file.slice(0, 1)); // throws where it is gone
        throw new FileError('changed');
      }
      first = lastModified;
      return { body: file.slice(0, bytes), modifiedAt: lastModified };
    },
  };
}
