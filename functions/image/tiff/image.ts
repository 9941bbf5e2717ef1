import { Failure } from '../../core/errors.ts';
import type { Beside, ByteSource, Image, ImageInfo, Plane, PlaneIndex } from '../image.ts';
import { type Arrangement, known, pagesAsDepth } from './arrangement.ts';
import { arrangeAsRecorded } from './axes.ts';
import type { DecodeOptions } from './decode.ts';
import { applyPalette, invert, type Meaning, pickSample } from './display.ts';
import { fieldsOf } from './fields.ts';
import { type Layout, planeBytes } from './layout.ts';
import { meaningsOf } from './meanings.ts';
import { type OmeWords, readOmeWords } from './ome-words.ts';
import { checkedPixelSize } from './pixel-size.ts';
import { leftOutInWords, planesAmong } from './plane-pages.ts';
import { type Resolution, readResolution } from './resolution.ts';
import { layoutOf, openTiff, type Page, type TiffFile } from './tiff-file.ts';
import { arrangeByVendor } from './vendor-arrangement.ts';
import { childrenNamed, type XmlElement } from './xml.ts';

export interface ImageOptions extends DecodeOptions {
  /** What the pages are, where the user knows better than the file: axes, slowest first (`TZC`, `C2T3`). */
  axes?: string;
}

/** Opens a TIFF as an image: planes over position, time, depth and channel. Throws a Failure for what cannot be read exactly. */
export async function openImage(source: ByteSource, options: ImageOptions & Beside = {}): Promise<Image> {
  return imageOf(await openTiff(source, options.name), options);
}

/** Where the samples of one plane are, and what they mean. */
export interface PlaneSource {
  page: Page;
  meaning: Meaning;
  /** Which of a pixel's samples it is, where each is a channel. */
  sample: number;
}

/** An image that also says whose words its axes follow. */
export interface TiffImage extends Image {
  readonly notes: readonly string[];
  readonly axesFrom: Arrangement['by'];
  /** Pages that are planes, by their number in the file. */
  readonly planePages: readonly number[];
  locate(index: PlaneIndex): Promise<PlaneSource>;
}

/** The image that the pages of an open file make together. */
export async function imageOf(file: TiffFile, options: ImageOptions & Beside = {}): Promise<TiffImage> {
  const { planes, leftOut } = await planesAmong(file);
  const first = file.pages[planes[0]!]!;
  const layout = layoutOf(first);
  const ome = await readOmeWords(file.descriptions, { ...layout, planes }, options);
  const found = await arrange(file, planes, layout, ome);
  const arrangement = options.axes === undefined ? found : arrangeAsRecorded(options.axes, found, planes);
  const meaningOfPage = meaningsOf(file);
  const meaning = await meaningOfPage(first);
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
    ...(arrangement.exposureTime !== undefined && { exposureTime: arrangement.exposureTime }),
  };
  const locate = async ({ position, time, depth, channel }: PlaneIndex): Promise<PlaneSource> => {
    if (!inside(position, positions) || !inside(time, times) || !inside(depth, depths) || !inside(channel, channels))
      throw new RangeError(`no plane at position ${position}, time ${time}, depth ${depth}, channel ${channel}`);
    const at = ((position * times + time) * depths + depth) * arrangement.channels + Math.floor(channel / split);
    const page = file.pages[arrangement.pages[at]!]!;
    // pages of one stack may have different palettes
    const own = layout.photometric === 3 ? await meaningOfPage(page) : meaning;
    return { page, meaning: own, sample: channel % split };
  };
  const notes = [
    ...file.notes,
    ome.note,
    ...(arrangement.notes ?? []),
    meaning.kind === 'grey' || meaning.kind === 'palette' ? meaning.note : undefined,
    leftOutInWords(leftOut),
  ];
  return {
    info,
    readBytes: planeBytes(layout),
    notes: notes.filter((note) => note !== undefined),
    axesFrom: arrangement.by,
    ...(arrangement.noPixelSize !== undefined && { noPixelSize: arrangement.noPixelSize }),
    planePages: planes,
    locate,
    async readPlane(index) {
      const { page, meaning: own, sample } = await locate(index);
      const plane = await file.readStored(page, options);
      return shown(plane, own, info, { bits: layout.bits, sample, shared: options.shared === true });
    },
  };
}

const inside = (index: number, size: number): boolean => Number.isInteger(index) && index >= 0 && index < size;

/** What the stored samples of a plane, or of a part of it, mean. `plane` is the caller's own: it may be changed. */
export function shown(
  plane: Plane,
  meaning: Meaning,
  info: ImageInfo,
  { bits, sample, shared }: { bits: number; sample: number; shared: boolean },
): Plane {
  if (meaning.kind === 'channels') return pickSample(plane, sample, shared);
  if (meaning.kind === 'grey' && meaning.inverted) invert(plane, bits);
  const { samples, type } = meaning.kind === 'palette' ? meaning.palette : plane;
  if (samples !== info.samples || type !== info.type)
    throw new Failure('imageUnsupported', { feature: 'pages with palettes of different kinds' });
  if (meaning.kind !== 'palette') return plane;
  return applyPalette(plane, meaning.palette, shared);
}

/** Axes, channel names and sizes: OME-XML before ImageJ's description (Micro-Manager writes both), then vendors, then plain pages. */
async function arrange(file: TiffFile, planes: readonly number[], layout: Layout, ome: OmeWords): Promise<Arrangement> {
  const first = file.pages[planes[0]!]!;
  const fields = fieldsOf(file.window, file.format, first.directory);
  const resolution = await readResolution(fields);
  if (ome.arrangement !== undefined) return withPixelSize(withoutDefault(ome.arrangement, ome.root), resolution);
  return withPixelSize(
    (await arrangeByVendor(file, planes, layout, resolution)) ?? pagesAsDepth('pages', planes),
    resolution,
  );
}

/** A size that no microscope has is none; the resolution tags count only where nothing more specific was said. */
function withPixelSize(arrangement: Arrangement, resolution: Resolution): Arrangement {
  const { pixelSize, ...rest } = arrangement;
  if (pixelSize !== undefined) return { ...rest, ...checkedPixelSize(pixelSize, arrangement.by) };
  if (arrangement.noPixelSize !== undefined) return arrangement;
  const { pixelSize: own, noPixelSize } = resolution;
  return { ...arrangement, ...(own && { pixelSize: own }), ...(noPixelSize !== undefined && { noPixelSize }) };
}

/** Old writers of OME-XML filled in 1 µm, without a unit, where they knew no size. */
function withoutDefault(arrangement: Arrangement, ome: XmlElement | undefined): Arrangement {
  const { pixelSize, ...rest } = arrangement;
  const pixels = (ome === undefined ? [] : childrenNamed(ome, 'Image')).flatMap((image) =>
    childrenNamed(image, 'Pixels'),
  )[0];
  const given =
    pixels?.attributes.PhysicalSizeXUnit !== undefined || pixels?.attributes.PhysicalSizeYUnit !== undefined;
  if (pixelSize === undefined || pixelSize.x !== 1 || pixelSize.y !== 1 || given) return arrangement;
  return { ...rest, noPixelSize: 'its OME-XML: 1 x 1 without a unit, which writers fill in where they know no size' };
}
