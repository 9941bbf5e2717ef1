import { Failure } from '../../core/errors.ts';
import type { SampleType } from '../image.ts';
import { isJpeg, isJpeg2000 } from './compression.ts';
import type { Directory, Format } from './directory.ts';
import { type FaxOptions, faxOptions, isFax } from './fax.ts';
import { type Fields, fieldsOf } from './fields.ts';
import type { JpegOptions } from './jpeg-stream.ts';
import { compressionNames, named, photometricNames, tag, tagName } from './tags.ts';
import type { Window } from './window.ts';

/** How the samples of one page are stored: everything that decoding needs, checked. */
export interface Layout extends Format {
  height: number;
  width: number;
  /** Samples a pixel. */
  samples: number;
  /** Bits of one sample in the file; `type` is the type it is read into. */
  bits: number;
  type: SampleType;
  compression: number;
  /** 1 none, 2 horizontal differences, 3 floating point. */
  predictor: 1 | 2 | 3;
  /** Bits of each byte run from the lowest to the highest. */
  lowBitFirst: boolean;
  /** Each sample in strips or tiles of its own. */
  planar: boolean;
  tiled: boolean;
  /** Rows and columns of one strip or tile; the last strip may have fewer rows. */
  segmentHeight: number;
  segmentWidth: number;
  /** Strips or tiles in a row of them and in a column. */
  across: number;
  down: number;
  /** Of the samples as they are read: what JPEG has as YCbCr becomes RGB. */
  photometric: number;
  jpeg?: JpegOptions;
  fax?: FaxOptions;
}

export const bytesPerSample: Record<SampleType, number> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  float16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
};

const unsupported = (number: number, value: string): Failure =>
  new Failure('imageUnsupported', { feature: `${tagName(number)} is ${value}` });

/** The one value that all samples share. Writers give it once or once a sample; some give more. */
async function perSample(fields: Fields, number: number, samples: number, otherwise: number): Promise<number> {
  const used = await fields.list(number, samples);
  if (used === undefined) return otherwise;
  const first = used[0];
  const count = fields.count(number);
  if (first === undefined || (count !== 1 && count < samples))
    throw new Failure('imageBroken', { detail: `${tagName(number)} has ${count} values for ${samples} samples` });
  if (used.some((value) => value !== first))
    throw unsupported(number, `different for each sample (${used.join(', ')})`);
  return first;
}

/** The type that samples are read into: the smallest of numpy's that holds them, as tifffile has it. */
async function sampleType(
  fields: Fields,
  samples: number,
  little: boolean,
): Promise<{ bits: number; type: SampleType }> {
  const bits = await perSample(fields, tag.bitsPerSample, samples, 1);
  const format = await perSample(fields, tag.sampleFormat, samples, 1);
  if (bits === 0 || !Number.isInteger(bits))
    throw new Failure('imageBroken', { detail: `${tagName(tag.bitsPerSample)} is ${bits}` });
  if (format === 3) {
    if (bits !== 16 && bits !== 24 && bits !== 32 && bits !== 64)
      throw unsupported(tag.bitsPerSample, `${bits} for floating point`);
    return { bits, type: bits === 64 ? 'float64' : bits === 16 ? 'float16' : 'float32' };
  }
  if (format !== 1 && format !== 2 && format !== 4)
    throw unsupported(tag.sampleFormat, format === 5 || format === 6 ? `${format} (complex numbers)` : String(format));
  if (bits > 32 && bits !== 64) throw unsupported(tag.bitsPerSample, String(bits));
  // libtiff and GDAL store the lowest byte first in a little-endian file, tifffile packs the highest bit first in any;
  // nothing in the file but the writer's name tells them apart
  if (bits === 24 && little && !(await fields.text(tag.software))?.startsWith('tifffile'))
    throw unsupported(
      tag.bitsPerSample,
      '24 in a little-endian file, where programs disagree on the order of the bytes',
    );
  const width = bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64;
  return { bits, type: `${format === 2 ? 'int' : 'uint'}${width}` };
}

/** Compressions that decode exactly. */
const readable = new Set([1, 2, 3, 4, 5, 7, 8, 32946, 32771, 32773, 33003, 33005, 34712, 34933, 50000]);
/** libtiff knows a predictor only with these; others ignore or apply it. */
const predictable = new Set([5, 8, 32946, 50000]);

/** Refuses what cannot be decoded exactly, by tag and value, and what contradicts itself, as broken. */
export async function readLayout(window: Window, format: Format, directory: Directory, lsm: boolean): Promise<Layout> {
  const fields = fieldsOf(window, format, directory);
  const width = await fields.whole(tag.imageWidth);
  const height = await fields.whole(tag.imageLength);
  if (width === 0 || height === 0)
    throw new Failure('imageBroken', { detail: `the image is ${width} x ${height} pixels` });
  const samples = await fields.whole(tag.samplesPerPixel, 1);
  if (samples === 0 || samples > 65_535)
    throw new Failure('imageBroken', { detail: `${tagName(tag.samplesPerPixel)} is ${samples}` });
  for (const depth of [tag.imageDepth, tag.tileDepth])
    if ((await fields.whole(depth, 1)) > 1) throw unsupported(depth, String(await fields.whole(depth)));

  const compression = await fields.whole(tag.compression, 1);
  if (!readable.has(compression)) throw unsupported(tag.compression, named(compression, compressionNames));
  const { bits, type } = await sampleType(fields, samples, format.little);

  const planarConfiguration = await fields.whole(tag.planarConfiguration, 1);
  if (planarConfiguration !== 1 && planarConfiguration !== 2)
    throw unsupported(tag.planarConfiguration, String(planarConfiguration));
  const fillOrder = await fields.whole(tag.fillOrder, 1);
  if (fillOrder !== 1 && fillOrder !== 2) throw unsupported(tag.fillOrder, String(fillOrder));
  const photometric = await fields.whole(tag.photometric, samples >= 3 ? 2 : 1); // as libtiff guesses it
  const jpeg = isJpeg(compression) ? await readJpeg(fields, photometric, bits) : undefined;
  const fax = isFax(compression) ? await readFax(fields, compression, samples * bits) : undefined;
  const wavelets = isJpeg2000(compression);
  if (wavelets && (bits > 16 || !type.startsWith('uint')))
    throw unsupported(tag.compression, `${named(compression, compressionNames)} with samples of type ${type}`);
  if (photometric === 6 && jpeg === undefined && !wavelets) {
    const subsampling = (await fields.list(tag.yCbCrSubsampling, 2)) ?? [2, 2];
    if (subsampling[0] !== 1 || subsampling[1] !== 1)
      throw unsupported(tag.photometric, `${named(6, photometricNames)} with subsampled colours`);
  }

  const planar = planarConfiguration === 2 && samples > 1;
  return {
    // OpenJPEG gives whole samples, the lowest byte first
    little: wavelets || (format.little && compression !== 34933), // PNG has its samples big-endian, whatever the file has
    big: format.big,
    height,
    width,
    samples,
    bits: wavelets ? 8 * bytesPerSample[type] : bits,
    type,
    compression,
    predictor: await readPredictor(fields, compression, bits, type, lsm),
    lowBitFirst: fillOrder === 2 && jpeg === undefined && !wavelets,
    planar,
    ...(await readGrid(fields, height, width)),
    // Aperio's 33003 are luma and colour differences, whatever its tag says
    photometric: jpeg !== undefined && photometric === 6 ? 2 : compression === 33003 ? 6 : photometric,
    ...(jpeg !== undefined && { jpeg }),
    ...(fax !== undefined && { fax }),
  };
}

async function readFax(fields: Fields, compression: number, bits: number): Promise<FaxOptions> {
  if (bits !== 1)
    throw unsupported(tag.compression, `${named(compression, compressionNames)} with ${bits} bits a pixel`);
  const number = compression === 3 ? tag.t4Options : tag.t6Options;
  const written = compression === 3 || compression === 4 ? await fields.whole(number, 0) : 0;
  const options = faxOptions(compression, written);
  if (options === undefined) throw unsupported(number, `${written} (uncompressed rows)`);
  return options;
}

/** Source: TIFF technical note 2; what is not YCbCr is stored as it is, unless the stream is JFIF (tifffile, jpeg_decode_colorspace). */
async function readJpeg(fields: Fields, photometric: number, bits: number): Promise<JpegOptions> {
  if (bits !== 8) throw unsupported(tag.compression, `${named(7, compressionNames)} with samples of ${bits} bits`);
  if (![0, 1, 2, 3, 6].includes(photometric))
    throw unsupported(tag.photometric, `${named(photometric, photometricNames)} in JPEG`);
  const tables = await fields.bytes(tag.jpegTables);
  return { ...(tables !== undefined && { tables }), rgb: photometric !== 6 };
}

async function readPredictor(fields: Fields, compression: number, bits: number, type: SampleType, lsm: boolean) {
  const predictor = await fields.whole(tag.predictor, 1);
  if (predictor === 1) return 1;
  if (predictor !== 2 && predictor !== 3) throw unsupported(tag.predictor, String(predictor));
  if (!predictable.has(compression)) {
    if (lsm && compression === 1) return 1; // LSM 510 writes predictor 2 over samples that are not predicted
    throw unsupported(
      tag.predictor,
      `${predictor} with compression ${named(compression, compressionNames)}, where programs disagree`,
    );
  }
  if (predictor === 2 && ![8, 16, 32, 64].includes(bits))
    throw unsupported(tag.predictor, `2 with samples of ${bits} bits`);
  if (predictor === 3 && !type.startsWith('float')) throw unsupported(tag.predictor, `3 with samples of type ${type}`);
  return predictor;
}

async function readGrid(fields: Fields, height: number, width: number) {
  const tiled = fields.has(tag.tileWidth) || fields.has(tag.tileLength);
  const segmentWidth = tiled ? await fields.whole(tag.tileWidth) : width;
  const rows = tiled ? await fields.whole(tag.tileLength) : await fields.whole(tag.rowsPerStrip, height);
  if (segmentWidth === 0 || rows === 0)
    throw new Failure('imageBroken', {
      detail: tiled ? `its tiles are ${segmentWidth} x ${rows} pixels` : `${tagName(tag.rowsPerStrip)} is 0`,
    });
  const segmentHeight = tiled ? rows : Math.min(rows, height);
  return {
    tiled,
    segmentHeight,
    segmentWidth,
    across: Math.ceil(width / segmentWidth),
    down: Math.ceil(height / segmentHeight),
  };
}

/** Bytes of the page's samples in memory. */
export const planeBytes = ({ height, width, samples, type }: Layout): number =>
  height * width * samples * bytesPerSample[type];

/** Samples of one pixel that lie side by side in a strip or tile. */
export const samplesTogether = ({ planar, samples }: Layout): number => (planar ? 1 : samples);

/** Bytes of one stored row of a strip or tile; rows start at whole bytes. Source: TIFF 6.0 section 3, "BitsPerSample". */
export const rowBytes = (layout: Layout): number =>
  Math.ceil((layout.segmentWidth * samplesTogether(layout) * layout.bits) / 8);
