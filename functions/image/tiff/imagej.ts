import { Failure } from '../../core/errors.ts';
import {
  type Arrangement,
  type Axis,
  type AxisName,
  known,
  orderPages,
  pagesAsDepth,
  pixelSizeOf,
} from './arrangement.ts';
import { partialAlong } from './partial-stack.ts';
import { checkedPixelSize, type FoundSize } from './pixel-size.ts';
import type { Resolution } from './resolution.ts';
import { converted, micrometresOf, secondsOf } from './units.ts';

/** The lines of ImageJ's description. Source: ImageJ's FileSaver.getDescriptionString and TiffDecoder. */
export type ImageJLines = Map<string, string>;

/** Undefined when ImageJ (or SCIFIO, which writes the same lines) did not write the description. */
export function parseImageJ(description: string): ImageJLines | undefined {
  if (!description.startsWith('ImageJ=') && !description.startsWith('SCIFIO=')) return undefined;
  return new Map(
    description
      .split(/\r?\n/)
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );
}

const count = (lines: ImageJLines, key: string): number => {
  const value = Number(lines.get(key) ?? 1);
  return Number.isSafeInteger(value) && value > 0 ? value : 1;
};

/**
 * Planes that the description claims for pages of `samples`; one where it says nothing. Where `images` and the axes disagree,
 * `images` counts, as in ImageJ (FileOpener.openStack).
 */
export function imageJPlanes(lines: ImageJLines, samples: number): number {
  const images = count(lines, 'images');
  const channels = count(lines, 'channels');
  const others = count(lines, 'slices') * count(lines, 'frames');
  if (samples > 1 && channels === samples) return others; // Bio-Formats and RGB: the channels are samples
  return images > 1 ? images : channels * others;
}

/**
 * Planes run channel fastest, then slice, then frame, unless `order` says otherwise. Without axes of its own a stack is
 * one of slices, and so is one whose axes do not fit its pages. Samples that are declared as channels (Bio-Formats and RGB)
 * are left to the pages. Source: ImageJ's FileOpener.setCalibration and HyperStackConverter.
 */
export function arrangeImageJ(
  lines: ImageJLines,
  pages: readonly number[],
  samples: number,
  resolution: Resolution,
  labels: readonly string[],
): Arrangement {
  const own = { ...sizeIn(lines, resolution), ...known(undefined, frameInterval(lines)) };
  const frames = count(lines, 'frames');
  const slices = count(lines, 'slices');
  let channels = count(lines, 'channels');
  if (channels === samples && slices * frames === pages.length) channels = 1;
  const claimed = channels * slices * frames;
  const images = count(lines, 'images');
  if (pages.length === 1 && Math.max(images, claimed) > 1)
    return {
      ...pagesAsDepth('ImageJ', pages),
      ...own,
      notes: [`one plane, though its ImageJ description says ${Math.max(images, claimed)}`],
    };
  if (claimed === 1)
    return { ...pagesAsDepth('ImageJ', pages, 'its ImageJ description does not say what they are'), ...own };
  const axes = axesIn(lines.get('order') ?? 'czt', { C: channels, Z: slices, T: frames });
  const part = partialAlong(axes, pages, 'its ImageJ description');
  if (part !== undefined) return { by: 'ImageJ', ...part, channelNames: [], ...own };
  if (claimed !== pages.length) {
    const words = `its ImageJ description says ${channels} channels x ${slices} slices x ${frames} frames`;
    return { ...pagesAsDepth('ImageJ', pages, words), ...own };
  }
  const positions = count(lines, 'positions'); // our own line: ImageJ has no such axis, they run as frames
  const arranged = orderPages(axes, pages);
  const fits = frames % positions === 0;
  return {
    by: 'ImageJ',
    ...arranged,
    ...(fits && { positions, times: frames / positions }),
    channelNames: channelNames(labels, channels, pages.length),
    ...own,
  };
}

/** Pixels per `unit` are in the resolution tags; `unit` is `pixel`, `inch` or `cm` where it is not calibrated. */
function sizeIn(lines: ImageJLines, resolution: Resolution): FoundSize {
  const { x: across, y: down, ...tags } = resolution;
  if (!lines.has('unit')) return tags.pixelSize === undefined && tags.noPixelSize === undefined ? {} : tags;
  const unit = micrometresOf(lines.get('unit')!);
  const lengthOf = (key: string) => (lines.has(key) ? micrometresOf(lines.get(key)!) : unit);
  const size = (perUnit: number | undefined, length: number | undefined) =>
    length === undefined || perUnit === undefined ? undefined : converted(length / perUnit);
  const depthUnit = lengthOf('zunit');
  const spacing = Math.abs(Number(lines.get('spacing') ?? Number.NaN));
  const z = depthUnit === undefined ? undefined : converted(depthUnit * spacing);
  const found = pixelSizeOf(size(across, lengthOf('xunit')), size(down, lengthOf('yunit')), z);
  if (found === undefined)
    return {
      noPixelSize: `its ImageJ description: unit=${lines.get('unit')}${unit === undefined ? ' is no length' : ' without a resolution'}`,
    };
  return checkedPixelSize(found, 'its ImageJ description', unit === 25_400 || unit === 10_000);
}

/** `finterval` in `tunit`, seconds where that is missing. `fps` is the speed of the animation on the screen, no interval. */
function frameInterval(lines: ImageJLines): number | undefined {
  const unit = secondsOf(lines.get('tunit') ?? 's');
  return unit === undefined ? undefined : converted(unit * Number(lines.get('finterval') ?? Number.NaN));
}

/** Labels are one a plane: they name channels where all planes of a channel say the same. */
function channelNames(labels: readonly string[], channels: number, planes: number): (string | undefined)[] {
  if (channels < 2 || labels.length !== planes) return [];
  if (labels.some((label, i) => label !== labels[i % channels])) return [];
  return labels.slice(0, channels).map((label) => label || undefined);
}

/** The file's order of axes (fastest first) as axes, slowest first. */
function axesIn(order: string, sizes: Record<Exclude<AxisName, 'P'>, number>): Axis[] {
  const names = order.toLowerCase() === 'default' ? 'CZT' : order.toUpperCase();
  if ([...names].sort().join('') !== 'CTZ')
    throw new Failure('imageUnsupported', { feature: `its ImageJ description has the order ${order}` });
  return [...(names as Iterable<'C' | 'Z' | 'T'>)].reverse().map((name) => ({ name, size: sizes[name] }));
}

/**
 * Slice labels of ImageJ's own tags, empty where there are none. The first count is the header's size; the header lists
 * type and number of blocks. Source: ImageJ's TiffEncoder.writeMetaData; byte order of the file, text in UTF-16.
 */
export function imageJLabels(metadata: Uint8Array, byteCounts: ArrayLike<number>, little: boolean): string[] {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  const headerSize = byteCounts[0] ?? 0;
  if (headerSize < 12 || headerSize > view.byteLength) return [];
  const decoder = new TextDecoder(little ? 'utf-16le' : 'utf-16be');
  const labels: string[] = [];
  let block = 1;
  let at = headerSize;
  for (let entry = 4; entry + 8 <= headerSize; entry += 8) {
    const type = view.getUint32(entry, little);
    for (let blocks = view.getUint32(entry + 4, little); blocks > 0; blocks--, block++) {
      const length = byteCounts[block];
      if (length === undefined || at + length > view.byteLength) return labels;
      if (type === 0x6c61626c) labels.push(decoder.decode(metadata.subarray(at, at + length))); // 'labl'
      at += length;
    }
  }
  return labels;
}
