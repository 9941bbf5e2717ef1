import { Failure } from '../../core/errors.ts';
import type { ByteSource, Plane } from '../image.ts';
import { checkSize, type DecodeOptions, decodePlane } from './decode.ts';
import { type Directory, type Format, rawBytes, readHeader, text, type Window, windowOver } from './directory.ts';
import { type ChainGuard, readChain, readSubDirectories } from './directory-chain.ts';
import { imageJPlanes, parseImageJ } from './imagej.ts';
import { fieldsOf, type Layout, readLayout } from './layout.ts';
import { type Ranges, readRanges } from './segments.ts';
import { tag } from './tags.ts';
import { type LsmInfo, parseShaped, readLsmInfo, shapedPlanes } from './vendors.ts';

/** One page of the main chain, or one plane of a stack that has a single directory for all of its planes. */
export interface Page {
  directory: Directory;
  /** A smaller version of another page (NewSubfileType bit 0): not a plane. */
  reduced: boolean;
  /** A transparency mask for another page (bit 2). */
  mask: boolean;
  /** How it is stored, or why it cannot be read. */
  layout: Layout | Failure;
  /** Which plane of its directory; 0 but for one-directory stacks. */
  plane: number;
}

export interface TiffFile {
  readonly source: ByteSource;
  readonly window: Window;
  readonly format: Format;
  /** Main chain in file order, thumbnails too. */
  readonly pages: readonly Page[];
  /** All of the first page's ImageDescriptions; Micro-Manager writes two. */
  readonly descriptions: readonly string[];
  readonly lsm: LsmInfo | undefined;
  /** Samples as stored: no inversion, no palette, interleaved. */
  readPage(index: number, options?: DecodeOptions): Promise<Plane>;
  /** The same for a page that is not in the main chain. */
  readStored(page: Page, options?: DecodeOptions): Promise<Plane>;
  /** Where the data of a page lies; checks that the file can hold it. */
  rangesOf(page: Page): Promise<Ranges>;
  /** Pages in the SubIFDs of a page. */
  subPages(page: Page): Promise<Page[]>;
}

/** How a page is stored; throws what keeps it from being read. */
export function layoutOf(page: Page): Layout {
  if (page.layout instanceof Failure) throw page.layout;
  return page.layout;
}

/** Opens a TIFF file: reads its directories and nothing of its pixels. Throws imageEmpty, imageNotTiff, imageBroken. */
export async function openTiff(source: ByteSource): Promise<TiffFile> {
  const window = windowOver(source);
  const { first, ...format } = await readHeader(window);
  const guard: ChainGuard = { seen: new Set(), budget: source.size };
  const chain = await readChain(window, format, first, guard);
  if (chain.length === 0) throw new Failure('imageBroken', { detail: 'it has no image directory' });

  const lsmField = chain[0]!.fields.get(tag.zeissLsm);
  const lsm = lsmField === undefined ? undefined : readLsmInfo(await rawBytes(window, lsmField));
  if (lsm !== undefined && source.size >= 2 ** 32)
    throw new Failure('imageUnsupported', { feature: 'a Zeiss LSM file over 4 GiB: its 32-bit offsets wrap around' });
  const pageOf = async (directory: Directory): Promise<Page> => {
    const fields = fieldsOf(window, format, directory);
    const kind = await fields.whole(tag.newSubfileType, 0);
    const old = await fields.whole(tag.subfileType, 1);
    return {
      directory,
      reduced: (kind & 1) === 1 || (kind === 0 && old === 2),
      mask: (kind & 4) === 4,
      layout: await orFailure(readLayout(window, format, directory, lsm !== undefined)),
      plane: 0,
    };
  };
  const pages: Page[] = [];
  for (const directory of chain) pages.push(await pageOf(directory));

  const descriptions: string[] = [];
  for (const field of [chain[0]!.fields.get(tag.imageDescription), ...chain[0]!.repeated])
    if (field?.tag === tag.imageDescription && (field.type === 2 || field.type === 1 || field.type === 7))
      descriptions.push(await text(window, field));

  const rangesOf = async (page: Page): Promise<Ranges> => {
    const layout = layoutOf(page);
    const ranges = await readRanges(window, format, page.directory, layout, lsm !== undefined);
    return page.plane === 0 ? ranges : shift(ranges, page.plane);
  };
  const readStored = async (page: Page, options?: DecodeOptions) => {
    checkSize(layoutOf(page), options?.maxPlaneBytes);
    return decodePlane(source, layoutOf(page), await rangesOf(page), options);
  };
  const claimed = pages.length === 1 ? claimedPlanes(chain[0]!, pages[0]!, descriptions) : 1;
  const file: TiffFile = {
    source,
    window,
    format,
    pages: claimed > 1 ? await expandStack(pages[0]!, claimed, rangesOf, source.size) : pages,
    descriptions,
    lsm,
    rangesOf,
    readStored,
    async readPage(index, options) {
      const page = this.pages[index];
      if (page === undefined) throw new RangeError(`page ${index} of ${this.pages.length}`);
      return readStored(page, options);
    },
    async subPages(page) {
      const starts = (await fieldsOf(window, format, page.directory).list(tag.subIfds)) ?? [];
      const found: Page[] = [];
      for (const directory of await readSubDirectories(window, format, starts, guard.seen))
        found.push(await pageOf(directory));
      return found;
    },
  };
  return file;
}

async function orFailure<T>(promise: Promise<T>): Promise<T | Failure> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Planes that the only directory of a file stands for. ImageJ (over 4 GB) and tifffile write one a stack; MetaMorph always does. */
function claimedPlanes(directory: Directory, page: Page, descriptions: readonly string[]): number {
  const uic2 = directory.fields.get(tag.metaMorphUic2);
  if (uic2 !== undefined) return Math.max(1, uic2.count);
  const description = descriptions[0] ?? '';
  const lines = parseImageJ(description);
  if (lines !== undefined) return imageJPlanes(lines, page.layout instanceof Failure ? 1 : page.layout.samples);
  const shaped = parseShaped(description);
  if (shaped === undefined || page.layout instanceof Failure) return 1;
  const planes = shapedPlanes(shaped.shape, page.layout);
  return planes === undefined ? 1 : planes.leading.reduce((product, size) => product * size, 1);
}

/** Lists the planes of a one-directory stack; their data must follow each other without a gap, all of it in the file. */
async function expandStack(
  page: Page,
  claimed: number,
  rangesOf: (page: Page) => Promise<Ranges>,
  size: number,
): Promise<Page[]> {
  if (page.layout instanceof Failure) return [page];
  const ranges = await rangesOf(page);
  const stride = strideOf(ranges);
  if (page.layout.compression !== 1 || stride === undefined)
    throw new Failure('imageUnsupported', {
      feature: `a stack of ${claimed} planes in one directory, but not in one uncompressed block`,
    });
  const there = Math.floor((size - ranges.offsets[0]!) / stride);
  if (there < claimed)
    throw new Failure('imageBroken', { detail: `it claims ${claimed} planes and ends after ${there}` });
  return Array.from({ length: claimed }, (_, plane) => ({ ...page, plane }));
}

/** Bytes from one plane to the next where strips follow each other without a gap. */
function strideOf({ offsets, lengths }: Ranges): number | undefined {
  let end = offsets[0]!;
  for (let i = 0; i < offsets.length; i++) {
    if (offsets[i] !== end) return undefined;
    end += lengths[i]!;
  }
  return end - offsets[0]!;
}

function shift(ranges: Ranges, planes: number): Ranges {
  const stride = strideOf(ranges)!;
  return { offsets: ranges.offsets.map((offset) => offset + planes * stride), lengths: ranges.lengths };
}
