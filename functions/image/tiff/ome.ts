import { type Arrangement, known, pixelSizeOf } from './arrangement.ts';
import { type OmeFile, type OwnPlanes, ownPlanesOf, refuseOme, wholeOf } from './ome-planes.ts';
import { partialStack, shortInWords } from './partial-stack.ts';
import { arrangedBy, type Coordinates, gridOf } from './plane-coordinates.ts';
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

const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

/** Which of an image's channels are here, and the pages of its planes with their times, depths and channels, each counted from 0. */
function pointsOf({ size, pages }: OwnPlanes, position: number) {
  const planes = sorted(pages.keys());
  const indices = planes.map((plane) => {
    const index = Math.floor(plane / size.C);
    return { T: Math.floor(index / size.Z), Z: index % size.Z, C: plane % size.C };
  });
  const rankOf = (axis: 'T' | 'Z' | 'C') => {
    const values = sorted(indices.map((at) => at[axis]));
    return { values, ranks: new Map(values.map((value, rank) => [value, rank])) };
  };
  const [T, Z, C] = [rankOf('T').ranks, rankOf('Z').ranks, rankOf('C')];
  const coordinates = indices.map(
    (at): Coordinates => ({ P: position, T: T.get(at.T)!, Z: Z.get(at.Z)!, C: C.ranks.get(at.C)! }),
  );
  return { channels: C.values, coordinates, pages: planes.map((plane) => pages.get(plane)!) };
}

/** Planes that images of this file alone claim and do not have, or that are said to be behind the last directory of a file of a set. */
const missingOf = ({ size, pages, others, beyond }: OwnPlanes): number =>
  others.size === 0 ? size.Z * size.C * size.T - pages.size : beyond.planes;

function refuseEmpty(own: readonly { own: OwnPlanes }[], pages: number): never {
  const beyond = own.find(({ own: { beyond } }) => beyond.at !== undefined)?.own.beyond.at;
  if (beyond !== undefined) throw refuseOme(`points to directory ${beyond}, the file has ${pages}`);
  const others = [...new Set(own.flatMap(({ own: { others } }) => [...others]))].slice(0, 3).join(', ');
  throw refuseOme(`has no image with planes in this file${others === '' ? '' : `, they are in ${others}`}`);
}

/** The stack that the planes of all images make; `channels`: which of an image's. Refuses what leaves a page out, and images of different kinds. */
function stackOf(own: readonly OwnPlanes[], pages: readonly number[]) {
  const points = own.filter(({ pages }) => pages.size > 0).map(pointsOf);
  const named = points.flatMap((image) => image.pages);
  const taken = new Set(named);
  const left = pages.findIndex((_, index) => !taken.has(index));
  if (left !== -1) throw refuseOme(`leaves out directory ${left}`);
  const coordinates = points.flatMap((image) => image.coordinates);
  const numbers = named.map((index) => pages[index]!);
  const missing = own.reduce((sum, planes) => sum + missingOf(planes), 0);
  const short = missing > 0 ? [shortInWords(named.length, named.length + missing, 'its OME-XML')] : [];
  const { channels } = points[0]!;
  const whole = gridOf(coordinates, numbers);
  if (whole !== undefined) return { grid: whole, channels, notes: short };
  const isPart = missing > 0 || own.some(({ others }) => others.size > 0);
  const part = isPart ? partialStack(coordinates, numbers) : undefined;
  if (part === undefined) throw refuseOme('has images with different numbers of times, depths or channels');
  return { grid: part, channels, notes: [...short, ...part.notes] };
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
  // labels and overviews are images of their own there, and their pages are none of `pages`
  const ofSize = all.filter(
    ({ attributes: { SizeX, SizeY } }) => Number(SizeX) === page.width && Number(SizeY) === page.height,
  );
  const own = ownPlanesOf(
    ofSize.length > 0 ? ofSize : all,
    { uuid: root.attributes.UUID, ...file },
    pages,
    page.samples,
  );
  const images = own.filter(({ own: { pages } }) => pages.size > 0);
  const first = images[0] ?? refuseEmpty(own, pages.length);
  for (const { pixels } of images) {
    const [width, height] = [wholeOf(pixels, 'SizeX'), wholeOf(pixels, 'SizeY')];
    if (width !== page.width || height !== page.height)
      throw refuseOme(`says ${width} x ${height} pixels, the first page has ${page.width} x ${page.height}`);
  }
  const { grid, channels, notes } = stackOf(
    own.map((each) => each.own),
    pages,
  );
  const { attributes } = first.pixels;
  const names = childrenNamed(first.pixels, 'Channel').map((channel) => channel.attributes.Name || undefined);
  return {
    by: 'OME',
    ...arrangedBy(grid),
    channelNames: grid.values.C.map((rank) => names[channels[rank as number]!]),
    ...known(
      pixelSizeOf(
        scaled(attributes, 'PhysicalSizeX', micrometresOf, 'µm'),
        scaled(attributes, 'PhysicalSizeY', micrometresOf, 'µm'),
        scaled(attributes, 'PhysicalSizeZ', micrometresOf, 'µm'),
      ),
      scaled(attributes, 'TimeIncrement', secondsOf, 's'),
    ),
    ...(notes.length > 0 && { notes }),
  };
}
