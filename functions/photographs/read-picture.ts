import { Failure, isOutcome } from '../core/errors.ts';
import { startInWords } from '../core/file-signatures.ts';
import type { PictureType } from '../core/pictures/recipe.ts';
import type { ByteSource, Plane } from '../image/image.ts';
import { openImage } from '../image/tiff/image.ts';
import { jpegOrientation, pngFacts, tiffOrientation } from './orientation.ts';
import { mostPixels, type Pixels, upright } from './pixels.ts';

/** What a file is by its first bytes, never by its name. Throws `pictureNotImage`. */
function pictureTypeOf(bytes: Uint8Array): PictureType {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (/^(II[*+]\0|MM\0[*+])/.test(start)) return 'image/tiff';
  throw new Failure('pictureNotImage', { found: bytes.length === 0 ? 'it has 0 bytes' : startInWords(bytes) });
}

/**
 * The pixels of a photograph, upright as its camera held it, and nothing else of the file: no place, camera, thumbnail or
 * text survives. Of a TIFF the first plane. Throws `picture…` failures; memory for pixels is taken after the size that the
 * file says is checked.
 */
export async function readPicture(bytes: Uint8Array): Promise<Pixels & { type: PictureType }> {
  const type = pictureTypeOf(bytes);
  const orientation = orientationOf(type, bytes);
  const source: ByteSource = {
    size: bytes.length,
    read: async (at, length) => new Uint8Array(bytes.subarray(at, at + length)),
  }; // a Buffer's slice is no copy
  try {
    const image = await openImage(source);
    const { width, height, type: sampleType } = image.info;
    if (width * height > mostPixels)
      throw new Failure('pictureTooLarge', {
        detail: `it has ${width} x ${height} pixels; the limit is ${mostPixels / 1e6} megapixels`,
      });
    if (sampleType !== 'uint8' && sampleType !== 'uint16')
      throw new Failure('pictureUnsupported', { feature: `its samples are ${sampleType}` });
    const plane = await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
    return { ...upright({ width, height, data: rgbOf(plane) }, orientation), type };
  } catch (error) {
    throw inWordsOfPictures(error);
  }
}

function orientationOf(type: PictureType, bytes: Uint8Array): number {
  if (type === 'image/jpeg') return jpegOrientation(bytes);
  if (type === 'image/tiff') return tiffOrientation(bytes);
  const { animated, orientation } = pngFacts(bytes);
  if (animated) throw new Failure('pictureUnsupported', { feature: 'it is an animated PNG' });
  return orientation;
}

/** 8 bits a sample, grey as three equal ones, and what is transparent over white. Samples of 16 bits lose the lower byte. */
function rgbOf({ width, height, samples, type, data }: Plane): Uint8Array {
  const out = new Uint8Array(3 * width * height);
  const values = data as Uint8Array | Uint16Array;
  const shift = type === 'uint16' ? 8 : 0;
  for (let i = 0, at = 0; at < out.length; i += samples, at += 3) {
    const alpha = samples === 4 ? values[i + 3]! >> shift : 255;
    for (let c = 0; c < 3; c++) {
      const value = values[samples < 3 ? i : i + c]! >> shift;
      out[at + c] = alpha === 255 ? value : 255 + Math.round(((value - 255) * alpha) / 255);
    }
  }
  return out;
}

/** What the reader of microscope images says. */
function inWordsOfPictures(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code.startsWith('picture') || !isOutcome(error)) return error;
  const { code, advice } = error as Failure;
  if (code === 'imageTooLarge' || code === 'imageTooCostly')
    return new Failure('pictureTooLarge', { detail: advice.why }, { cause: error });
  if (code === 'imageUnsupported') return new Failure('pictureUnsupported', { feature: advice.why }, { cause: error });
  return new Failure('pictureBroken', { detail: advice.why }, { cause: error });
}
