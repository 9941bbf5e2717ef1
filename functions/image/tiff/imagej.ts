import { Failure } from '../../core/errors.ts';
import { type Arrangement, known, pixelSizeOf } from './arrangement.ts';
import type { Resolution } from './resolution.ts';
import { converted, micrometresOf, positive } from './units.ts';

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

/** Planes that the description claims for pages of `samples`; one where it says nothing. */
export function imageJPlanes(lines: ImageJLines, samples: number): number {
  const images = count(lines, 'images');
  const channels = count(lines, 'channels');
  const others = count(lines, 'slices') * count(lines, 'frames');
  if (samples > 1 && channels === samples) return others; // Bio-Formats and RGB: the channels are samples
  const planes = channels * others;
  if (planes > 1 && images > 1 && planes !== images)
    throw new Failure('imageUnsupported', {
      feature: `its ImageJ description says ${images} images, but axes for ${planes}`,
    });
  return Math.max(planes, images);
}

/**
 * Planes run channel fastest, then slice, then frame, unless `order` says otherwise. Without axes of its own a stack is
 * one of slices. Samples that are declared as channels (Bio-Formats and RGB) are left to the pages.
 */
export function arrangeImageJ(
  lines: ImageJLines,
  pages: readonly number[],
  samples: number,
  resolution: Resolution,
  labels: readonly string[],
): Arrangement {
  let channels = count(lines, 'channels');
  const frames = count(lines, 'frames');
  let slices = count(lines, 'slices');
  if (channels * slices * frames === 1) slices = pages.length;
  if (channels === samples && slices * frames === pages.length) channels = 1;
  if (channels * slices * frames !== pages.length)
    throw new Failure('imageUnsupported', {
      feature: `its ImageJ description says ${channels} channels x ${slices} slices x ${frames} frames, the file has ${pages.length} planes`,
    });
  const claimed = count(lines, 'positions'); // our own line: ImageJ has no such axis, they run as frames
  const positions = frames % claimed === 0 ? claimed : 1;
  const unit = micrometresOf(lines.get('unit') ?? '');
  const size = (perUnit: number | undefined, key: string) => {
    const own = lines.has(key) ? micrometresOf(lines.get(key)!) : unit;
    return own === undefined || perUnit === undefined ? undefined : converted(own / perUnit);
  };
  const depthUnit = lines.has('zunit') ? micrometresOf(lines.get('zunit')!) : unit;
  const spacing = Math.abs(Number(lines.get('spacing') ?? Number.NaN));
  const z = depthUnit === undefined ? undefined : converted(depthUnit * spacing);
  const x = size(resolution.x, 'xunit');
  const y = size(resolution.y, 'yunit');
  const pixelSize = lines.has('unit') ? pixelSizeOf(x, y, z) : resolution.pixelSize;
  return {
    by: 'ImageJ',
    positions,
    times: frames / positions,
    depths: slices,
    channels,
    pages: inOrder(lines.get('order') ?? 'czt', { c: channels, z: slices, t: frames }, pages),
    channelNames: channelNames(labels, channels, pages.length),
    ...known(pixelSize, positive(Number(lines.get('finterval') ?? Number.NaN))),
  };
}

/** Labels are one a plane: they name channels where all planes of a channel say the same. */
function channelNames(labels: readonly string[], channels: number, planes: number): (string | undefined)[] {
  if (channels < 2 || labels.length !== planes) return [];
  if (labels.some((label, i) => label !== labels[i % channels])) return [];
  return labels.slice(0, channels).map((label) => label || undefined);
}

/** Pages from the file's order of axes (fastest first) to channel, depth, time. */
function inOrder(order: string, size: { c: number; z: number; t: number }, pages: readonly number[]): number[] {
  const axes = order.toLowerCase() === 'default' ? 'czt' : order.toLowerCase();
  if ([...axes].sort().join('') !== 'ctz')
    throw new Failure('imageUnsupported', { feature: `its ImageJ description has the order ${order}` });
  const stride = { c: 1, z: 1, t: 1 };
  let step = 1;
  for (const axis of axes as Iterable<'c' | 'z' | 't'>) {
    stride[axis] = step;
    step *= size[axis];
  }
  const arranged: number[] = [];
  for (let t = 0; t < size.t; t++)
    for (let z = 0; z < size.z; z++)
      for (let c = 0; c < size.c; c++) arranged.push(pages[c * stride.c + z * stride.z + t * stride.t]!);
  return arranged;
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
