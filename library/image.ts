/// <reference lib="esnext.disposable" preserve="true" />
/// <reference lib="esnext.float16" preserve="true" />
/* `import { openImageFile } from 'labdeploy/image'`: the TIFF reader and writer, for scripts. */

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openFileSource } from '../functions/image/file-source.ts';
import type { Image, ImageInfo, Plane } from '../functions/image/image.ts';
import { type InspectReport, inspectFile } from '../functions/image/inspect.ts';
import type { DecodeOptions } from '../functions/image/tiff/decode.ts';
import { openImage } from '../functions/image/tiff/image.ts';
import { type WriteOptions, writeTiff } from '../functions/image/tiff/writer.ts';

export { Failure } from '../functions/core/errors.ts';
export { openFileSource } from '../functions/image/file-source.ts';
export type {
  ByteSource,
  Image,
  ImageInfo,
  PixelSize,
  Plane,
  PlaneIndex,
  SampleArray,
  SampleType,
} from '../functions/image/image.ts';
export { type InspectReport, inspectFile, type PageReport } from '../functions/image/inspect.ts';
export type { DecodeOptions } from '../functions/image/tiff/decode.ts';
export { openImage } from '../functions/image/tiff/image.ts';
export { type WriteOptions, writeTiff } from '../functions/image/tiff/writer.ts';

/** Opens a TIFF file. Throws a Failure that names what cannot be read exactly, and the system's own error (ENOENT). */
export async function openImageFile(path: string, options: DecodeOptions = {}): Promise<Image & AsyncDisposable> {
  const source = await openFileSource(path);
  try {
    const image = await openImage(source, options);
    return {
      info: image.info,
      readPlane: (index) => image.readPlane(index),
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
    };
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/** What labdeploy sees in a file, as `labdeploy inspect --json` prints it; `hash` also reads every sample. */
export async function inspect(path: string, options: { hash?: boolean } = {}): Promise<InspectReport> {
  await using source = await openFileSource(path);
  return await inspectFile(source, options);
}

/**
 * Writes a TIFF file, plane by plane: channel fastest, then depth, time, position. uint8, uint16, uint32 or float32.
 * The file appears when it is whole. Throws RangeError for planes that differ from `info`, and for too many or too few.
 */
export async function writeImageFile(
  path: string,
  info: ImageInfo,
  planes: AsyncIterable<Plane> | Iterable<Plane>,
  options: WriteOptions = {},
): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(writeTiff(info, planes, options)), createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
