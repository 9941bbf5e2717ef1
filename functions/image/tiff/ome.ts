import { type Arrangement, known, pixelSizeOf } from './arrangement.ts';
import { type OmeFile, type OwnPlanes, ownPlanesOf, refuseOme, wholeOf } from './ome-planes.ts';
import { converted, micrometresOf, secondsOf } from './units.ts';
import { childrenNamed, parseXml, rootName, type XmlElement } from './xml.ts';

/** Elements whose words are used; a file may have a hundred thousand others. */
const used = new Set(['BinaryOnly', 'Image', 'Pixels', 'Channel', 'TiffData', 'UUID']);

/** The OME element, undefined when the description is something else. Broken OME-XML is refused: the axes would be guessed. */
export function parseOme(description: string): XmlElement | undefined {
  if (rootName(description) !== 'OME') return undefined;
  const root = parseXml(description, used);
  if (root === undefined) throw refuseOme('is not well-formed');
  return root;
}

/** The file that has the words, where the OME element says only that they are in another. */
export const wordsElsewhere = (root: XmlElement): string | undefined => {
  const pointer = childrenNamed(root, 'BinaryOnly')[0];
  return pointer && (pointer.attributes.MetadataFile ?? 'another file');
};

const scaled = (
  attributes: Record<string, string>,
  name: string,
  unitOf: (unit: string) => number | undefined,
  unit: string,
) => {
  const written = attributes[name];
  const factor = unitOf(attributes[`${name}Unit`] ?? unit);
  return written === undefined || factor === undefined ? undefined : converted(Number(written) * factor);
};

interface Part {
  times: number;
  depths: number;
  /** Which of the image's channels. */
  channels: number[];
  /** Channel fastest, then depth, then time. */
  pages: number[];
  note?: string;
}

const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

/**
 * The planes of one Image that this file has, as axes: whole times, depths and channels, else, where the file has all its
 * channels of each, times. Undefined where there is none of them.
 */
function partOf({ size, pages, others }: OwnPlanes): Part | undefined {
  const total = size.Z * size.C * size.T;
  if (pages.size < total && others.size === 0) {
    if (pages.size === 0) return undefined;
    throw refuseOme(`names a page for ${pages.size} of ${total} planes`);
  }
  const planes = sorted(pages.keys());
  if (planes.length === 0) return undefined;
  const channels = sorted(planes.map((plane) => plane % size.C));
  const positions = sorted(planes.map((plane) => Math.floor(plane / size.C)));
  const depths = sorted(positions.map((position) => position % size.Z)).length;
  const times = sorted(positions.map((position) => Math.floor(position / size.Z))).length;
  if (planes.length !== positions.length * channels.length)
    throw refuseOme(`spreads the image over several files (${[...others].join(', ')})`);
  const mapInOrder = { channels, pages: planes.map((plane) => pages.get(plane)!) };
  if (positions.length === times * depths) return { times, depths, ...mapInOrder };
  const note = `${positions.length} of the ${size.T} x ${size.Z} times and depths are in this file, taken as times`;
  return { times: positions.length, depths: 1, ...mapInOrder, note };
}

/**
 * Arranges pages as OME-XML says; several Images are positions. Of an image in several files only the planes of this one
 * count. `pages` are the main chain's, `samples` those of a pixel.
 */
export function arrangeOme(
  root: XmlElement,
  pages: readonly number[],
  page: { height: number; width: number; samples: number },
  file: OmeFile = {},
): Arrangement {
  const all = childrenNamed(root, 'Image').flatMap((image) => childrenNamed(image, 'Pixels'));
  const own = ownPlanesOf(all, { uuid: root.attributes.UUID, ...file }, pages.length, page.samples);
  const images = own.flatMap(({ pixels, own: planes }) => {
    const part = partOf(planes);
    return part === undefined ? [] : [{ pixels, part }];
  });
  const first = images[0];
  if (first === undefined) {
    const others = [...new Set(own.flatMap(({ own: { others } }) => [...others]))].slice(0, 3).join(', ');
    throw refuseOme(`has no image with planes in this file${others === '' ? '' : `, they are in ${others}`}`);
  }
  for (const { pixels, part } of images) {
    const [width, height] = [wholeOf(pixels, 'SizeX'), wholeOf(pixels, 'SizeY')];
    if (width !== page.width || height !== page.height)
      throw refuseOme(`says ${width} x ${height} pixels, the first page has ${page.width} x ${page.height}`);
    const { times, depths, channels } = first.part;
    if (part.times !== times || part.depths !== depths || part.channels.length !== channels.length)
      throw refuseOme('has images with different numbers of times, depths or channels');
  }
  const taken = new Set(images.flatMap(({ part }) => part.pages));
  const left = pages.findIndex((_, index) => !taken.has(index));
  if (left !== -1) throw refuseOme(`leaves out directory ${left}`);
  const { part } = first;
  const { attributes } = first.pixels;
  const names = childrenNamed(first.pixels, 'Channel').map((channel) => channel.attributes.Name || undefined);
  return {
    by: 'OME',
    positions: images.length,
    times: part.times,
    depths: part.depths,
    channels: part.channels.length,
    pages: images.flatMap((image) => image.part.pages.map((index) => pages[index]!)),
    channelNames: part.channels.map((channel) => names[channel]),
    ...known(
      pixelSizeOf(
        scaled(attributes, 'PhysicalSizeX', micrometresOf, 'µm'),
        scaled(attributes, 'PhysicalSizeY', micrometresOf, 'µm'),
        scaled(attributes, 'PhysicalSizeZ', micrometresOf, 'µm'),
      ),
      scaled(attributes, 'TimeIncrement', secondsOf, 's'),
    ),
    ...(part.note !== undefined && { notes: [part.note] }),
  };
}
