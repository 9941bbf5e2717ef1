import { Failure } from '../../core/errors.ts';
import { type Arrangement, known, pixelSizeOf } from './arrangement.ts';
import { converted, micrometresOf, secondsOf } from './units.ts';
import { childrenNamed, parseXml, type XmlElement } from './xml.ts';

const refuse = (detail: string): Failure => new Failure('imageUnsupported', { feature: `its OME-XML ${detail}` });

/** The OME element, undefined when the description is something else. Broken OME-XML is refused: the axes would be guessed. */
export function parseOme(description: string): XmlElement | undefined {
  if (!/^\ufeff?\s*(<\?xml|<!--|<([\w-]+:)?OME[\s>])/.test(description) || !/<([\w-]+:)?OME[\s>]/.test(description))
    return undefined;
  const root = parseXml(description.trim());
  if (root === undefined) throw refuse('is not well-formed');
  return root.name === 'OME' ? root : undefined;
}

const whole = (element: XmlElement, name: string, otherwise?: number): number => {
  const written = element.attributes[name];
  const value = written === undefined ? otherwise : Number(written);
  if (value === undefined || !Number.isSafeInteger(value) || value < 0)
    throw refuse(`has ${name}="${written ?? ''}" in ${element.name}`);
  return value;
};

const scaled = (element: XmlElement, name: string, unitOf: (unit: string) => number | undefined, unit: string) => {
  const written = element.attributes[name];
  const factor = unitOf(element.attributes[`${name}Unit`] ?? unit);
  return written === undefined || factor === undefined ? undefined : converted(Number(written) * factor);
};

/** Planes of one Image: `page[c + C * (z + Z * t)]`, -1 where another file has it. */
interface Planes {
  channels: number;
  depths: number;
  times: number;
  page: Int32Array;
  elsewhere: Set<string>;
}

/**
 * Follows TiffData to the page of each plane. Source: OME-TIFF specification, "TiffData": an absent IFD is 0, an absent
 * PlaneCount is one plane where IFD is given and all directories where it is not.
 */
function planesOf(root: XmlElement, pixels: XmlElement, pages: number, samples: number): Planes {
  const sizeC = whole(pixels, 'SizeC');
  if (sizeC % samples !== 0) throw refuse(`says SizeC="${sizeC}", but a pixel has ${samples} samples`);
  const size = { Z: whole(pixels, 'SizeZ'), C: sizeC / samples, T: whole(pixels, 'SizeT') };
  const total = size.Z * size.C * size.T;
  const order = (pixels.attributes.DimensionOrder ?? '').replace('XY', '');
  if (![...'ZCT'].every((axis) => order.includes(axis)) || order.length !== 3)
    throw refuse(`has DimensionOrder="${pixels.attributes.DimensionOrder ?? ''}"`);
  const axes = [...order] as ('Z' | 'C' | 'T')[];
  if (total === 0) throw refuse('says that there are no planes');
  if (total > 1e8) throw refuse(`claims ${total} planes`);
  const blocks = childrenNamed(pixels, 'TiffData');
  const named = blocks.some((block) => childrenNamed(block, 'UUID').length > 0);
  if (!named && total > pages) throw refuse(`claims ${total} planes, the file has ${pages}`);

  const planes: Planes = {
    channels: size.C,
    depths: size.Z,
    times: size.T,
    page: new Int32Array(total).fill(-1),
    elsewhere: new Set(),
  };
  for (const block of blocks) {
    const uuid = childrenNamed(block, 'UUID')[0];
    const own =
      uuid === undefined || uuid.text.trim().toLowerCase() === (root.attributes.UUID ?? '').trim().toLowerCase();
    if (!own) planes.elsewhere.add(uuid.attributes.FileName ?? uuid.text.trim());
    const ifd = whole(block, 'IFD', 0);
    const all = block.attributes.IFD === undefined ? (own ? Math.min(pages - ifd, total) : total) : 1;
    const count = whole(block, 'PlaneCount', all);
    // place in the planes' own order, fastest axis first
    let place = 0;
    let stride = 1;
    for (const axis of axes) {
      const first = whole(block, `First${axis}`, 0);
      if (first >= size[axis]) throw refuse(`has First${axis}="${first}" of ${size[axis]}`);
      place += first * stride;
      stride *= size[axis];
    }
    if (place + count > total) throw refuse('has a TiffData that goes beyond the last plane');
    if (!own) continue;
    if (ifd + count > pages) throw refuse(`points to directory ${ifd + count - 1}, the file has ${pages}`);
    for (let i = 0; i < count; i++, place++) {
      const at = { Z: 0, C: 0, T: 0 };
      let rest = place;
      for (const axis of axes) {
        at[axis] = rest % size[axis];
        rest = Math.floor(rest / size[axis]);
      }
      planes.page[at.C + size.C * (at.Z + size.Z * at.T)] = ifd + i;
    }
  }
  return planes;
}

/** The part of the planes that this file has, where it is a whole block of times, depths and channels. */
function ownPart(planes: Planes): { times: number[]; depths: number[]; channels: number[]; page: number[] } {
  const present = { t: new Set<number>(), z: new Set<number>(), c: new Set<number>() };
  let own = 0;
  planes.page.forEach((page, i) => {
    if (page < 0) return;
    own++;
    present.c.add(i % planes.channels);
    present.z.add(Math.floor(i / planes.channels) % planes.depths);
    present.t.add(Math.floor(i / planes.channels / planes.depths));
  });
  const [times, depths, channels] = [present.t, present.z, present.c].map((set) => [...set].sort((a, b) => a - b)) as [
    number[],
    number[],
    number[],
  ];
  if (own < planes.page.length && planes.elsewhere.size === 0)
    throw refuse(`names a page for ${own} of ${planes.page.length} planes`);
  if (own !== times.length * depths.length * channels.length)
    throw refuse(`spreads the image over several files (${[...planes.elsewhere].slice(0, 3).join(', ')})`);
  const page = times.flatMap((t) =>
    depths.flatMap((z) => channels.map((c) => planes.page[c + planes.channels * (z + planes.depths * t)]!)),
  );
  return { times, depths, channels, page };
}

/**
 * Arranges pages as OME-XML says; several Images are positions. Of an image in several files only the planes of this one
 * count, where they are whole times, depths or channels. `pages` are the main chain's, `samples` those of a pixel.
 */
export function arrangeOme(
  root: XmlElement,
  pages: readonly number[],
  page: { height: number; width: number; samples: number },
): Arrangement {
  if (childrenNamed(root, 'BinaryOnly').length > 0)
    throw refuse(
      `is in another file (${childrenNamed(root, 'BinaryOnly')[0]!.attributes.MetadataFile ?? 'not named'})`,
    );
  const all = childrenNamed(root, 'Image').flatMap((image) => childrenNamed(image, 'Pixels'));
  const images = all
    .map((pixels) => ({ pixels, own: ownPart(planesOf(root, pixels, pages.length, page.samples)) }))
    .filter(({ own }) => own.page.length > 0);
  const first = images[0];
  if (first === undefined) throw refuse('has no image with planes in this file');
  for (const { pixels, own } of images) {
    const [width, height] = [whole(pixels, 'SizeX'), whole(pixels, 'SizeY')];
    if (width !== page.width || height !== page.height)
      throw refuse(`says ${width} x ${height} pixels, the first page has ${page.width} x ${page.height}`);
    if ((['times', 'depths', 'channels'] as const).some((axis) => own[axis].length !== first.own[axis].length))
      throw refuse('has images with different numbers of times, depths or channels');
  }
  const used = new Set(images.flatMap(({ own }) => own.page));
  const left = pages.findIndex((_, index) => !used.has(index));
  if (left !== -1) throw refuse(`leaves out directory ${left}`);
  const { pixels, own } = first;
  const names = childrenNamed(pixels, 'Channel').map((channel) => channel.attributes.Name || undefined);
  return {
    by: 'OME',
    positions: images.length,
    times: own.times.length,
    depths: own.depths.length,
    channels: own.channels.length,
    pages: images.flatMap((image) => image.own.page.map((index) => pages[index]!)),
    channelNames: own.channels.map((channel) => names[channel]),
    ...known(
      pixelSizeOf(
        scaled(pixels, 'PhysicalSizeX', micrometresOf, 'µm'),
        scaled(pixels, 'PhysicalSizeY', micrometresOf, 'µm'),
        scaled(pixels, 'PhysicalSizeZ', micrometresOf, 'µm'),
      ),
      scaled(pixels, 'TimeIncrement', secondsOf, 's'),
    ),
  };
}
