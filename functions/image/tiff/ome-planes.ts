import { Failure } from '../../core/errors.ts';
import { childrenNamed, type XmlElement } from './xml.ts';

export const refuseOme = (detail: string): Failure =>
  new Failure('imageUnsupported', { feature: `its OME-XML ${detail}` });

/** A whole number of 0 or more; refuses another value, and an absent one without a default. */
export function wholeOf(element: Pick<XmlElement, 'name' | 'attributes'>, name: string, otherwise?: number): number {
  const written = element.attributes[name];
  const value = written === undefined ? otherwise : /^\s*\d+\s*$/.test(written) ? Number(written) : undefined;
  if (value === undefined || !Number.isSafeInteger(value))
    throw refuseOme(`has ${name}="${(written ?? '').slice(0, 40)}" in ${element.name}`);
  return value;
}

/** What tells this file from the others of a set. */
export interface OmeFile {
  /** Its name without folders, where it is known. */
  name?: string;
  /** Of its own OME element. */
  uuid?: string | undefined;
  /** The words are those of another file: planes that they name no file for are that one's. */
  elsewhere?: boolean;
}

/** Planes of one Image that this file has. */
export interface OwnPlanes {
  size: { Z: number; C: number; T: number };
  /** Page by plane, `c + C * (z + Z * t)`. */
  pages: Map<number, number>;
  /** Files that have others; the first few. */
  others: Set<string>;
  /** Planes that are said to be at directories behind the last, of which the first is `at`: the recording was stopped. */
  beyond: { planes: number; at?: number };
}

/** Of a path as any system writes it. */
export const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

interface Block {
  element: XmlElement;
  uuid?: string;
  fileName?: string;
}

const plainUuid = (uuid: string): string =>
  uuid
    .trim()
    .toLowerCase()
    .replace(/^urn:uuid:/, '');

const isNamed = ({ uuid, fileName }: Block): boolean => uuid !== undefined || fileName !== undefined;

function blockOf(element: XmlElement): Block {
  const uuid = childrenNamed(element, 'UUID')[0];
  if (uuid === undefined) return { element };
  const text = plainUuid(uuid.text);
  const fileName = baseName(uuid.attributes.FileName ?? '');
  return { element, ...(text !== '' && { uuid: text }), ...(fileName !== '' && { fileName }) };
}

/**
 * Which TiffData are of this file: by its UUID, else by its name, as Bio-Formats and tifffile go (Micro-Manager gives no UUID
 * to the OME element). Where neither is known or fits, the file was renamed: if a single file is named, it is this one.
 */
function ownBlocks(blocks: readonly Block[], file: OmeFile): (block: Block) => boolean {
  const named = blocks.filter(isNamed);
  const unnamed = (block: Block) => file.elsewhere !== true && !isNamed(block);
  const uuid = file.uuid && plainUuid(file.uuid);
  if (uuid !== undefined && named.some((block) => block.uuid === uuid))
    return (block) => block.uuid === uuid || unnamed(block);
  const name = file.name === undefined ? undefined : baseName(file.name).toLowerCase();
  const isCalled = (block: Block) => name !== undefined && block.fileName?.toLowerCase() === name;
  if (named.some(isCalled)) return (block) => isCalled(block) || unnamed(block);
  const files = new Set(named.map((block) => block.uuid ?? block.fileName));
  if (files.size !== 1 || uuid !== undefined || file.elsewhere === true) return unnamed;
  const directoryOf = ({ element }: Block) => wholeOf(element, 'IFD', 0);
  const taken = new Set(blocks.filter(unnamed).map(directoryOf));
  return named.some((block) => taken.has(directoryOf(block))) ? unnamed : () => true;
}

function sizeOf(pixels: XmlElement, samples: number): OwnPlanes['size'] {
  const sizeC = wholeOf(pixels, 'SizeC');
  if (sizeC % samples !== 0) throw refuseOme(`says SizeC="${sizeC}", but a pixel has ${samples} samples`);
  const size = { Z: wholeOf(pixels, 'SizeZ'), C: sizeC / samples, T: wholeOf(pixels, 'SizeT') };
  const total = size.Z * size.C * size.T;
  if (total === 0) throw refuseOme('says that there are no planes');
  if (!Number.isSafeInteger(total)) throw refuseOme(`claims ${total} planes`);
  return size;
}

function orderOf(pixels: XmlElement): ('Z' | 'C' | 'T')[] {
  const written = pixels.attributes.DimensionOrder ?? '';
  if (!/^XY(ZCT|ZTC|CZT|CTZ|TZC|TCZ)$/.test(written)) throw refuseOme(`has DimensionOrder="${written.slice(0, 40)}"`);
  return [...written.slice(2)] as ('Z' | 'C' | 'T')[];
}

/**
 * Follows the TiffData of all Images to this file's planes. Source: OME schema 2016-06, TiffData: an absent IFD is 0, an absent
 * PlaneCount one plane where IFD is given and all directories where it is not. Several without IFD take the directories in their
 * order, and so do Images without TiffData. A PlaneCount of 0 counts as absent. `planes`: directories that are planes, by
 * their numbers in the file; what is said to be behind them is counted, not refused. Pages in the result are places in that list.
 */
export function ownPlanesOf(
  images: readonly XmlElement[],
  file: OmeFile,
  planes: readonly number[],
  samples: number,
): { pixels: XmlElement; own: OwnPlanes }[] {
  const all = images.map((pixels) => ({ pixels, blocks: childrenNamed(pixels, 'TiffData').map(blockOf) }));
  const everyBlock = all.flatMap(({ blocks }) => blocks);
  const isOwn = ownBlocks(everyBlock, file);
  // planes may share a directory (Micro-Manager fills in what was not taken), but the work stays that of the file
  const pages = planes.length;
  const guard = { left: 2 * (pages + everyBlock.length), next: 0 };
  return all.map(({ pixels, blocks }) => {
    const size = sizeOf(pixels, samples);
    const own: OwnPlanes = { size, pages: new Map(), others: new Set(), beyond: { planes: 0 } };
    const total = size.Z * size.C * size.T;
    const order = orderOf(pixels);
    for (const { fileName, uuid } of blocks.filter((block) => !isOwn(block)))
      if (own.others.size < 3) own.others.add(fileName ?? uuid ?? 'the file with its words');
    if (blocks.length === 0 && file.elsewhere !== true) {
      const there = Math.min(total, pages - guard.next);
      assign(own, order, { first: 0, ifd: guard.next, count: there }, guard);
      own.beyond.planes = total - there;
    }
    const mine = blocks.filter(isOwn).map(({ element }) => element);
    for (const { name, attributes } of mine) {
      const block = { name, attributes };
      const first = planeIndexOf(block, order, size);
      const ifd = attributes.IFD === undefined ? guard.next : placeIn(planes, wholeOf(block, 'IFD'));
      const one = mine.length > 1 || (attributes.IFD !== undefined && attributes.PlaneCount === undefined);
      const rest = one ? 1 : Math.max(1, Math.min(pages - ifd, total - first));
      const count = wholeOf(block, 'PlaneCount', wholeOf(block, 'NumPlanes', 0)) || rest;
      if (first + count > total) throw refuseOme('has a TiffData that goes beyond the last plane');
      const there = Math.max(0, Math.min(count, pages - ifd));
      assign(own, order, { first, ifd, count: there }, guard);
      own.beyond.planes += count - there;
      if (there < count) own.beyond.at ??= ifd + there;
    }
    return { pixels, own };
  });
}

/** Where a directory is among those that are planes: thumbnails and labels beside them count in the file. */
function placeIn(planes: readonly number[], directory: number): number {
  if (planes[directory] === directory) return directory; // nothing before it is left out
  const last = planes.at(-1) ?? -1;
  if (directory > last) return planes.length + directory - last - 1;
  let place = 0; // the first plane at or behind it
  for (let end = planes.length - 1; place < end; ) {
    const middle = (place + end) >> 1;
    if (planes[middle]! < directory) place = middle + 1;
    else end = middle;
  }
  if (planes[place] !== directory) throw refuseOme(`points to directory ${directory}, which is no plane`);
  return place;
}

/** Index of a TiffData's first plane in the planes' own order, fastest axis first. */
function planeIndexOf(
  block: Parameters<typeof wholeOf>[0],
  order: readonly ('Z' | 'C' | 'T')[],
  size: OwnPlanes['size'],
): number {
  let plane = 0;
  let stride = 1;
  for (const axis of order) {
    const first = wholeOf(block, `First${axis}`, 0);
    if (first >= size[axis]) throw refuseOme(`has First${axis}="${first}" of ${size[axis]}`);
    plane += first * stride;
    stride *= size[axis];
  }
  return plane;
}

function assign(
  own: OwnPlanes,
  order: readonly ('Z' | 'C' | 'T')[],
  { first, ifd, count }: { first: number; ifd: number; count: number },
  guard: { left: number; next: number },
): void {
  const { size } = own;
  guard.next = ifd + count;
  guard.left -= count;
  if (guard.left < 0) throw refuseOme('names its directories many times over');
  for (let i = 0; i < count; i++) {
    const at = { Z: 0, C: 0, T: 0 };
    let rest = first + i;
    for (const axis of order) {
      at[axis] = rest % size[axis];
      rest = Math.floor(rest / size[axis]);
    }
    const plane = at.C + size.C * (at.Z + size.Z * at.T);
    const known = own.pages.get(plane);
    if (known !== undefined && known !== ifd + i)
      throw refuseOme(`names directories ${known} and ${ifd + i} for one plane`);
    own.pages.set(plane, ifd + i);
  }
}
