/// <reference path="./codec-openjpeg.d.ts" />
import { decodeWith, type SegmentDecoder } from '../../../functions/image/tiff/decode-with.ts';
import type { Layout } from '../../../functions/image/tiff/layout.ts';

let loading: Promise<SegmentDecoder> | undefined;

/** Fetched with the first such image: more than the rest of the viewer together. */
async function load(): Promise<SegmentDecoder> {
  const { default: open } = await import('@cornerstonejs/codec-openjpeg/decode');
  const module = await open({ print: () => {}, printErr: () => {} });
  return { kind: 'jpeg2000', open: () => new module.J2KDecoder() };
}

/** Decodes one strip or tile of JPEG 2000. Throws imageBroken, imageTooLarge and imageUnsupported. */
export async function expandJpeg2000(input: Uint8Array, layout: Layout, index: number): Promise<Uint8Array> {
  loading ??= load();
  try {
    return decodeWith(await loading, layout, input, index);
  } catch (error) {
    loading = undefined; // what a failed decoder left in its memory is not known; a part that did not come is asked for again
    throw error;
  }
}
