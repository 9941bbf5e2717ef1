import type { ByteSource } from '../../functions/image/image.ts';

/** A file of this computer, read in pieces. */
export const blobSource = (blob: Blob): ByteSource => ({
  size: blob.size,
  async read(offset, length) {
    if (offset < 0 || length < 0 || offset + length > blob.size) throw new RangeError(`${offset}+${length}`);
    return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
  },
});
