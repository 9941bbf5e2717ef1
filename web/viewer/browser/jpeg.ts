import { Failure } from '../../../functions/core/errors.ts';
import { isJpeg } from '../../../functions/image/tiff/compression.ts';
import { jpegStream } from '../../../functions/image/tiff/jpeg-stream.ts';
import { type Layout, samplesTogether } from '../../../functions/image/tiff/layout.ts';
import { expandJpeg2000 } from './jpeg-2000.ts';

/** Decodes one strip or tile of JPEG with the browser's own decoder, or of JPEG 2000 with OpenJPEG. Throws imageBroken, imageTooLarge and imageUnsupported. */
export async function expandJpeg(input: Uint8Array, layout: Layout, index: number): Promise<Uint8Array> {
  if (!isJpeg(layout.compression)) return expandJpeg2000(input, layout, index);
  const name = `${layout.tiled ? 'tile' : 'strip'} ${index}`;
  const samples = samplesTogether(layout);
  const { stream, frame } = jpegStream(input, layout.jpeg ?? {}, name);
  if (frame.width !== layout.segmentWidth || frame.components !== samples || samples === 4)
    throw new Failure('imageUnsupported', { feature: `${name} is a JPEG of ${frame.components} components` });
  const blob = new Blob([stream as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' });
  const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'none' } as const;
  const bitmap = await createImageBitmap(blob, options as ImageBitmapOptions).catch((cause: unknown) => {
    throw new Failure('imageBroken', { detail: `${name} does not decode as JPEG` }, { cause });
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const out = new Uint8Array(width * height * samples);
  for (let from = 0, to = 0; to < out.length; from += 4) {
    for (let sample = 0; sample < samples; sample++) out[to++] = data[from + sample]!;
  }
  return out;
}
