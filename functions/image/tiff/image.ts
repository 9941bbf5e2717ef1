import { Failure } from '../../core/errors.ts';
import type { ByteSource, Image, ImageInfo, Plane } from '../image.ts';
import { type Arrangement, known } from './arrangement.ts';
import type { DecodeOptions } from './decode.ts';
import { rawBytes } from './directory.ts';
import { applyPalette, invert, type Meaning, meaningOf, pickSample } from './display.ts';
import { arrangeImageJ, imageJLabels, parseImageJ } from './imagej.ts';
import { fieldsOf, type Layout } from './layout.ts';
import { arrangeOme, parseOme } from './ome.ts';
import { readResolution } from './resolution.ts';
import { tag } from './tags.ts';
import { layoutOf, openTiff, type Page, type TiffFile } from './tiff-file.ts';
import { arrangeLsm, arrangeMetaMorph, arrangeShaped, parseShaped } from './vendors.ts';

/** Opens a TIFF as an image: planes over position, time, depth and channel. Throws a Failure for what cannot be read exactly. */
export async function openImage(source: ByteSource, options: DecodeOptions = {}): Promise<Image> {
  return imageOf(await openTiff(source), options);
}

/** An image that also says whose words its axes follow. */
export interface TiffImage extends Image {
  readonly axesFrom: Arrangement['by'];
}

/** The image that the pages of an open file make together. */
export async function imageOf(file: TiffFile, options: DecodeOptions = {}): Promise<TiffImage> {
  const planes = planesAmong(file);
  const first = file.pages[planes[0]!]!;
  const layout = layoutOf(first);
  const arrangement = await arrange(file, planes, layout);
  const meaning = await meaningOfPage(file, first);
  // each sample of an uncoloured pixel is a channel
  const split = meaning.kind === 'channels' ? layout.samples : 1;
  if (split > 1 && arrangement.channels > 1 && arrangement.channelNames.length > 0) arrangement.channelNames.length = 0;
  const channels = arrangement.channels * split;
  const names =
    meaning.kind === 'channels' && arrangement.channelNames.length === 0 ? meaning.names : arrangement.channelNames;
  const { positions, times, depths } = arrangement;
  const info: ImageInfo = {
    height: layout.height,
    width: layout.width,
    samples: meaning.kind === 'palette' ? meaning.palette.samples : meaning.kind === 'colour' ? layout.samples : 1,
    type: meaning.kind === 'palette' ? meaning.palette.type : layout.type,
    positions,
    times,
    depths,
    channels,
    channelNames: Array.from({ length: channels }, (_, channel) => names[channel]),
    ...known(arrangement.pixelSize, arrangement.timeStep),
  };
  const meanings = new Map<number, Meaning>([[planes[0]!, meaning]]);
  return {
    info,
    axesFrom: arrangement.by,
    async readPlane({ position, time, depth, channel }) {
      if (!inside(position, positions) || !inside(time, times) || !inside(depth, depths) || !inside(channel, channels))
        throw new RangeError(`no plane at position ${position}, time ${time}, depth ${depth}, channel ${channel}`);
      const pageChannel = Math.floor(channel / split);
      const at = ((position * times + time) * depths + depth) * arrangement.channels + pageChannel;
      const number = arrangement.pages[at]!;
      // pages of one stack may have different palettes
      if (meaning.kind === 'palette' && !meanings.has(number))
        meanings.set(number, await meaningOfPage(file, file.pages[number]!));
      return shown(await file.readPage(number, options), meanings.get(number) ?? meaning, info, {
        bits: layout.bits,
        sample: channel % split,
        shared: options.shared === true,
      });
    },
  };
}

const inside = (index: number, size: number): boolean => Number.isInteger(index) && index >= 0 && index < size;

function shown(
  plane: Plane,
  meaning: Meaning,
  info: ImageInfo,
  { bits, sample, shared }: { bits: number; sample: number; shared: boolean },
): Plane {
  if (meaning.kind === 'channels') return pickSample(plane, sample, shared);
  if (meaning.kind === 'grey' && meaning.inverted) invert(plane, bits);
  if (meaning.kind !== 'palette') return plane;
  if (meaning.palette.samples !== info.samples || meaning.palette.type !== info.type)
    throw new Failure('imageUnsupported', { feature: 'pages with palettes of different kinds' });
  return applyPalette(plane, meaning.palette, shared);
}

/** Pages that are planes: all but thumbnails. Refuses a file where that would drop or mix something. */
function planesAmong(file: TiffFile): number[] {
  const mask = file.pages.findIndex(
    (page) => page.mask || (!(page.layout instanceof Failure) && page.layout.photometric === 4),
  );
  if (mask !== -1) throw new Failure('imageUnsupported', { feature: `page ${mask} is a transparency mask` });
  const full = file.pages.flatMap((page, i) => (page.reduced ? [] : [i]));
  const planes = full.length > 0 ? full : file.pages.map((_, i) => i);
  if (full.length === 0 && file.pages.some((page) => page.directory.fields.has(tag.subIfds)))
    throw new Failure('imageUnsupported', { feature: 'the full image is in SubIFDs, the pages are thumbnails' });
  const first = layoutOf(file.pages[planes[0]!]!);
  for (const i of planes) {
    const other = layoutOf(file.pages[i]!);
    if (!alike(first, other))
      throw new Failure('imageUnsupported', {
        feature: `pages of different kinds: page ${planes[0]} is ${kindOf(first)}, page ${i} is ${kindOf(other)}`,
      });
  }
  return planes;
}

const alike = (a: Layout, b: Layout): boolean =>
  a === b ||
  (a.height === b.height &&
    a.width === b.width &&
    a.samples === b.samples &&
    a.type === b.type &&
    a.bits === b.bits &&
    a.photometric === b.photometric);

const kindOf = ({ width, height, samples, type, bits, photometric }: Layout): string =>
  `${width} x ${height}, ${samples} x ${type} (${bits} bit, photometric ${photometric})`;

async function meaningOfPage(file: TiffFile, page: Page): Promise<Meaning> {
  const fields = fieldsOf(file.window, file.format, page.directory);
  const extra = [...((await fields.list(tag.extraSamples)) ?? [])];
  const lut = file.descriptions.some((description) => parseImageJ(description) !== undefined);
  return meaningOf(layoutOf(page), await fields.list(tag.colorMap), extra, lut);
}

/** Axes, channel names and sizes: OME-XML before ImageJ's description (Micro-Manager writes both), then vendors, then plain pages. */
async function arrange(file: TiffFile, planes: readonly number[], layout: Layout): Promise<Arrangement> {
  const first = file.pages[planes[0]!]!;
  const fields = fieldsOf(file.window, file.format, first.directory);
  const resolution = await readResolution(fields);
  for (const description of file.descriptions) {
    const ome = parseOme(description);
    if (ome !== undefined) return withPixelSize(arrangeOme(ome, planes, layout), resolution.pixelSize);
  }
  if (file.lsm !== undefined) return arrangeLsm(file.lsm, planes);
  for (const description of file.descriptions) {
    const lines = parseImageJ(description);
    if (lines !== undefined)
      return arrangeImageJ(lines, planes, layout.samples, resolution, await labelsOf(file, first));
  }
  const uic2 = first.directory.fields.get(tag.metaMorphUic2);
  if (uic2 !== undefined && planes.length > 1)
    // of its own type a value is six numbers, whatever the directory says
    return arrangeMetaMorph(
      await file.source.read(uic2.at, Math.min(24 * uic2.count, file.source.size - uic2.at)),
      file.format.little,
      planes,
    );
  if (first.directory.fields.has(tag.fluoViewHeader) && planes.length > 1)
    throw new Failure('imageUnsupported', {
      feature: 'a FluoView stack: its axes are in a private header (tag 34361)',
    });
  const shaped = parseShaped(file.descriptions[0] ?? '');
  const own = shaped && arrangeShaped(shaped, planes, layout);
  return withPixelSize(
    own ?? {
      by: 'pages',
      positions: 1,
      times: 1,
      depths: planes.length,
      channels: 1,
      pages: [...planes],
      channelNames: [],
    },
    resolution.pixelSize,
  );
}

const withPixelSize = (arrangement: Arrangement, pixelSize: Arrangement['pixelSize']): Arrangement =>
  arrangement.pixelSize === undefined ? { ...arrangement, ...known(pixelSize, undefined) } : arrangement;

async function labelsOf(file: TiffFile, page: Page): Promise<string[]> {
  const metadata = page.directory.fields.get(tag.imageJMetadata);
  const counts = await fieldsOf(file.window, file.format, page.directory).list(tag.imageJByteCounts);
  if (metadata === undefined || counts === undefined) return [];
  return imageJLabels(await rawBytes(file.window, metadata), counts, file.format.little);
}
