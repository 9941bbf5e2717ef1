import { createHash, type Hash } from 'node:crypto';
import { endianness } from 'node:os';
import { Failure } from '../core/errors.ts';
import type { Beside, ByteSource, ImageInfo, PixelSize, Plane, SampleType } from './image.ts';
import type { DecodeOptions } from './tiff/decode.ts';
import { type ImageOptions, imageOf } from './tiff/image.ts';
import { bytesPerSample } from './tiff/layout.ts';
import { compressionNames, named, photometricNames } from './tiff/tags.ts';
import { layoutOf, openTiff, type Page, type TiffFile } from './tiff/tiff-file.ts';

/** A failure as reports and JSON have it. */
interface ReportedFailure {
  code: string;
  message: string;
}

/** What one page (or a page in a page's SubIFDs) holds, as stored. */
export interface PageReport {
  /** Rows, columns, samples a pixel. */
  shape: [number, number, number];
  /** As numpy calls it; `bitsPerSample` is given where the file stores fewer. */
  dtype: SampleType;
  bitsPerSample?: number;
  compression: string;
  predictor: number;
  photometric: string;
  planarConfig: 'contiguous' | 'separate';
  /** Rows and columns of a tile, or rows of a strip. */
  tile?: [number, number];
  rowsPerStrip?: number;
  /** A thumbnail or pyramid level: not a plane of the image. */
  reduced?: true;
  /** Of the samples as stored: little-endian, row-major, samples of a pixel together. */
  sha256?: string;
  subImages?: (PageReport | { error: ReportedFailure })[];
}

/** What labdeploy sees in a file. */
export interface InspectReport {
  format: TiffFile['container'];
  byteOrder: 'little' | 'big';
  /** Whose words the axes follow; absent with `imageError`. */
  axesFrom?: string;
  /** Axes longer than one plane has, slowest first (`TZCYX`), and their sizes. */
  axes?: string;
  sizes?: Record<string, number>;
  channels?: (string | null)[];
  /** Micrometres. */
  pixelSize?: PixelSize;
  /** Why the numbers in the file are no pixel size. */
  pixelSizeReason?: string;
  /** Seconds. */
  timeStep?: number;
  /** Seconds, of the first plane. */
  exposureTime?: number;
  /** What was assumed or left out, a clause each. */
  notes?: string[];
  pages: PageReport[];
  /** Of the samples of all pages, one after the other. */
  sha256?: string;
  /** Why the pages, though each can be read, make no image that `run` takes. */
  imageError?: ReportedFailure;
}

export interface InspectOptions extends Beside, Pick<ImageOptions, 'axes'> {
  /** Also read every sample. */
  hash?: boolean;
  /** With `hash`: refuse larger planes as imageTooLarge; 4 GiB by default. */
  maxPlaneBytes?: number;
}

/** Looks into a file; `hash` also reads every sample. Throws the Failure of the first page that cannot be read exactly. */
export async function inspectFile(
  source: ByteSource,
  { hash = false, maxPlaneBytes, ...words }: InspectOptions = {},
): Promise<InspectReport> {
  const file = await openTiff(source, words.name);
  const all = createHash('sha256');
  const reading = hash && { ...(maxPlaneBytes !== undefined && { maxPlaneBytes }) };
  const pages: PageReport[] = [];
  for (const page of file.pages) pages.push(await reportPage(file, page, reading, all));
  return {
    format: file.container,
    byteOrder: file.format.little ? 'little' : 'big',
    ...(await reportImage(file, words)),
    pages,
    ...(hash ? { sha256: all.digest('hex') } : {}),
  };
}

async function reportPage(file: TiffFile, page: Page, reading: DecodeOptions | false, all?: Hash): Promise<PageReport> {
  const layout = layoutOf(page);
  const { height, width, samples, type, bits, tiled, segmentHeight, segmentWidth } = layout;
  if (reading === false) await file.rangesOf(page); // data that is not there is found without decoding
  const plane = reading === false ? undefined : await file.readStored(page, reading);
  if (plane !== undefined) all?.update(littleEndian(plane));
  const subImages: PageReport['subImages'] = [];
  // the planes of a one-directory stack share their directory: its SubIFDs are listed once
  for (const sub of page.plane === 0 ? await file.subPages(page) : []) {
    try {
      subImages.push(await reportPage(file, sub, reading));
    } catch (error) {
      subImages.push({ error: reported(error) });
    }
  }
  return {
    shape: [height, width, samples],
    dtype: type,
    ...(bits < 8 * bytesPerSample[type] ? { bitsPerSample: bits } : {}),
    compression: compressionNames[layout.compression] ?? String(layout.compression),
    predictor: layout.predictor,
    photometric: photometricNames[layout.photometric] ?? named(layout.photometric, photometricNames),
    planarConfig: layout.planar ? 'separate' : 'contiguous',
    ...(tiled ? { tile: [segmentHeight, segmentWidth] } : { rowsPerStrip: segmentHeight }),
    ...(page.reduced ? { reduced: true } : {}),
    ...(plane === undefined ? {} : { sha256: createHash('sha256').update(littleEndian(plane)).digest('hex') }),
    ...(subImages.length > 0 ? { subImages } : {}),
  };
}

function littleEndian({ data, type }: Plane): Uint8Array {
  const bytes = Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const width = bytesPerSample[type];
  if (endianness() === 'LE' || width === 1) return bytes;
  const turned = Buffer.from(bytes);
  return width === 2 ? turned.swap16() : width === 4 ? turned.swap32() : turned.swap64();
}

/** A Failure as data; anything else is a bug of ours and goes on. */
function reported(error: unknown): ReportedFailure {
  if (!(error instanceof Failure)) throw error;
  return { code: error.code, message: error.message };
}

async function reportImage(
  file: TiffFile,
  words: Pick<ImageOptions, 'axes'> & Beside,
): Promise<Partial<InspectReport>> {
  let image: Awaited<ReturnType<typeof imageOf>>;
  try {
    image = await imageOf(file, words);
  } catch (error) {
    if (error instanceof Failure && error.code === 'axesMisfit') throw error;
    return { imageError: reported(error) };
  }
  const { info, notes, noPixelSize } = image;
  return {
    axesFrom: image.axesFrom,
    ...axesOf(info),
    ...(info.channels > 1 || info.channelNames[0] !== undefined
      ? { channels: info.channelNames.map((name) => name ?? null) }
      : {}),
    ...(info.pixelSize === undefined ? {} : { pixelSize: info.pixelSize }),
    ...(info.pixelSize === undefined && noPixelSize !== undefined ? { pixelSizeReason: noPixelSize } : {}),
    ...(info.timeStep === undefined ? {} : { timeStep: info.timeStep }),
    ...(info.exposureTime === undefined ? {} : { exposureTime: info.exposureTime }),
    ...(notes.length > 0 ? { notes: [...notes] } : {}),
  };
}

/** `P` positions, `T` times, `Z` depths, `C` channels where there is more than one, then rows, columns and samples. */
function axesOf(info: ImageInfo): { axes: string; sizes: Record<string, number> } {
  const outer = { P: info.positions, T: info.times, Z: info.depths, C: info.channels };
  const sizes = Object.fromEntries([
    ...Object.entries(outer).filter(([, size]) => size > 1),
    ['Y', info.height],
    ['X', info.width],
    ...(info.samples > 1 ? [['S', info.samples]] : []),
  ]) as Record<string, number>;
  return { axes: Object.keys(sizes).join(''), sizes };
}

/** The report for a person: the image in a line or three, then pages, equal neighbours together. */
export function formatReport(report: InspectReport): string[] {
  const lines = [
    `${report.format}, ${report.byteOrder}-endian, ${report.pages.length} ${plural(report.pages.length, 'page')}`,
  ];
  if (report.imageError !== undefined) lines.push(`no image for run: ${report.imageError.message}`);
  else {
    const sizes = Object.entries(report.sizes ?? {}).map(([axis, size]) => `${axis} ${size}`);
    const from =
      report.axesFrom === 'pages'
        ? ''
        : report.axesFrom === 'axes'
          ? ' (as --axes says)'
          : ` (as ${report.axesFrom} says)`;
    lines.push(`axes ${report.axes}: ${sizes.join(', ')}${from}`);
  }
  if (report.channels !== undefined)
    lines.push(`channels: ${report.channels.map((name, i) => name ?? `${i}`).join(', ')}`);
  if (report.pixelSize !== undefined) lines.push(`pixel size: ${sizeInWords(report.pixelSize)}`);
  else
    lines.push(
      `pixel size: ${report.pixelSizeReason === undefined ? 'not in the file' : `none (${report.pixelSizeReason})`}`,
    );
  if (report.timeStep !== undefined) lines.push(`time step: ${report.timeStep} s`);
  if (report.exposureTime !== undefined) lines.push(`exposure: ${report.exposureTime} s`);
  for (const note of report.notes ?? []) lines.push(`note: ${note}`);
  for (let first = 0; first < report.pages.length; ) {
    const words = pageInWords(report.pages[first]!);
    let end = first + 1;
    while (end < report.pages.length && pageInWords(report.pages[end]!) === words) end++;
    lines.push(`${end - first === 1 ? `page ${first}` : `pages ${first}-${end - 1}`}: ${words}`);
    for (const sub of report.pages.slice(first, end).flatMap((page) => page.subImages ?? []))
      lines.push(`  sub-image: ${'error' in sub ? sub.error.message : pageInWords(sub)}`);
    first = end;
  }
  if (report.sha256 !== undefined) lines.push(`sha256 of all samples: ${report.sha256}`);
  return lines;
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);

const sizeInWords = ({ x, y, z }: PixelSize): string =>
  `${x} x ${y} µm${z === undefined ? '' : `, planes ${z} µm apart`}`;

function pageInWords(page: PageReport): string {
  const [height, width, samples] = page.shape;
  return [
    `${height} x ${width}${samples > 1 ? ` x ${samples}` : ''} ${page.dtype}`,
    ...(page.bitsPerSample === undefined ? [] : [`${page.bitsPerSample} bit`]),
    page.photometric,
    page.compression === 'none' ? 'uncompressed' : page.compression,
    ...(page.predictor > 1 ? [`predictor ${page.predictor}`] : []),
    ...(page.planarConfig === 'separate' ? ['samples apart'] : []),
    page.tile ? `tiles of ${page.tile[0]} x ${page.tile[1]}` : `strips of ${page.rowsPerStrip} rows`,
    ...(page.reduced ? ['thumbnail'] : []),
  ].join(', ');
}
