import { giveWay } from '../../async/give-way.ts';
import { Failure } from '../../core/errors.ts';
import type { ByteSource, Plane } from '../image.ts';
import { asTiff, type OtherFormat, otherFormat } from '../other-formats.ts';
import { checkSize, type DecodeOptions, decodePlane } from './decode.ts';
import { readDescriptions } from './descriptions.ts';
import { type Directory, type Format, readHeader, sameFields } from './directory.ts';
import { type ChainGuard, readChain, readSubDirectories } from './directory-chain.ts';
import { rawBytes } from './field-values.ts';
import { fieldsOf } from './fields.ts';
import { imageJPlanes, parseImageJ } from './imagej.ts';
import { type Layout, readLayout } from './layout.ts';
import { layoutTags } from './layout-tags.ts';
import { type LsmInfo, readLsmInfo } from './lsm.ts';
import { byteMeter, meteredWindow } from './metered-window.ts';
import { type Ranges, readRanges } from './segments.ts';
import { parseShaped, shapedPlanes } from './shaped.ts';
import { tag } from './tags.ts';
import { maybeUnfinished } from './unfinished.ts';
import { type Window, windowOver } from './window.ts';

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
  readonly container: 'TIFF' | 'BigTIFF' | OtherFormat;
  readonly source: ByteSource;
  readonly window: Window;
  readonly format: Format;
  /** Main chain in file order, thumbnails too. */
  readonly pages: readonly Page[];
  /** All of the first page's ImageDescriptions; Micro-Manager writes two. */
  readonly descriptions: readonly string[];
  readonly lsm: LsmInfo | undefined;
  /** What was left out in opening it, a clause each. */
  readonly notes: readonly string[];
  /** Samples as stored: no inversion, no palette, interleaved. */
  readPage(index: number, options?: DecodeOptions): Promise<Plane>;
  /** The same for a page that is not in the main chain. */
  readStored(page: Page, options?: DecodeOptions): Promise<Plane>;
  /** Where the data of a page lies; checks that the file can hold it. */
  rangesOf(page: Page): Promise<Ranges>;
  /** Pages in the SubIFDs of a page. */
  subPages(page: Page): Promise<Page[]>;
}

const pageTags: ReadonlySet<number> = new Set([...layoutTags, tag.newSubfileType, tag.subfileType]);

/** Integers of 24 bits are read by the writer's name, which lies elsewhere in the file. */
const isShared = ({ layout }: Page): boolean => layout instanceof Failure || layout.bits !== 24;

/** How a page is stored; throws what keeps it from being read. */
export function layoutOf(page: Page): Layout {
  if (page.layout instanceof Failure) throw page.layout;
  return page.layout;
}

/** Opens a TIFF file (or a PNG or JPEG as a TIFF of one page): reads its directories and nothing of its pixels. `name`: the file's, for the words of its failure. Throws imageEmpty, imageNotTiff, imageBroken. */
export async function openTiff(given: ByteSource, name?: string): Promise<TiffFile> {
  const other = await otherFormat(given);
  const source = other === undefined ? given : await asTiff(given, other);
  const window = windowOver(source);
  const { first, ...format } = await readHeader(window, name);
  const unfinished = await maybeUnfinished(window, format);
  const guard: ChainGuard = { seen: new Set(), budget: source.size, unfinished };
  const chain = await readChain(window, format, first, guard);
  if (chain.length === 0) throw new Failure('imageBroken', { detail: 'it has no image directory' });

  const lsmField = chain[0]!.fields.get(tag.zeissLsm);
  const lsm = lsmField === undefined ? undefined : readLsmInfo(await rawBytes(window, lsmField));
  if (lsm !== undefined && source.size >= 2 ** 32)
    throw new Failure('imageUnsupported', { feature: 'a Zeiss LSM file over 4 GiB: its 32-bit offsets wrap around' });
  const metered = meteredWindow(window, 'its directories');
  let before: Page | undefined;
  const pageOf = async (directory: Directory): Promise<Page> => {
    // a movie's pages are stored alike: what was found out about one holds for the next
    if (before !== undefined && isShared(before) && sameFields(before.directory, directory, format, pageTags))
      return { ...before, directory };
    const fields = fieldsOf(metered, format, directory);
    const kind = await fields.whole(tag.newSubfileType, 0);
    const old = await fields.whole(tag.subfileType, 1);
    before = {
      directory,
      reduced: (kind & 1) === 1 || (kind === 0 && old === 2),
      mask: (kind & 4) === 4,
      layout: await orFailure(readLayout(metered, format, directory, lsm !== undefined)),
      plane: 0,
    };
    return before;
  };
  const pages: Page[] = [];
  for (const directory of chain) {
    pages.push(await pageOf(directory));
    const turn = giveWay();
    if (turn !== undefined) await turn;
  }

  const descriptions = await readDescriptions(window, chain[0]!);
  const spend = byteMeter(source.size, 'its pages');
  const known = new Set<number>();
  const rangesOf = async (page: Page): Promise<Ranges> => {
    const layout = layoutOf(page);
    const ranges = await readRanges(window, format, page.directory, layout, lsm !== undefined);
    const bytes = ranges.lengths.reduce((sum, length) => sum + length, 0);
    // the tables count too, at the fewest bytes that they may have
    if (!known.has(page.directory.offset)) spend(bytes + 2 * ranges.lengths.length);
    known.add(page.directory.offset);
    return page.plane === 0 ? ranges : shift(ranges, page.plane);
  };
  const readStored = async (page: Page, options?: DecodeOptions) => {
    checkSize(layoutOf(page), options?.maxPlaneBytes);
    return decodePlane(source, layoutOf(page), await rangesOf(page), options);
  };
  const notes: string[] = [];
  if (unfinished && (await isCutOff(pages, rangesOf))) {
    pages.pop();
    notes.push(`page ${pages.length} left out: the recording was stopped while it was written`);
  }
  const claimed = pages.length === 1 ? claimedPlanes(chain[0]!, pages[0]!, descriptions) : 1;
  const file: TiffFile = {
    container: other ?? (format.big ? 'BigTIFF' : 'TIFF'),
    source,
    window,
    format,
    pages: claimed > 1 ? await expandStack(pages[0]!, claimed, rangesOf, source.size) : pages,
    descriptions,
    lsm,
    notes,
    rangesOf,
    readStored,
    async readPage(index, options) {
      const page = this.pages[index];
      if (page === undefined) throw new RangeError(`page ${index} of ${this.pages.length}`);
      return readStored(page, options);
    },
    subPages: subPagesIn(metered, format, guard.seen, pageOf),
  };
  return file;
}

/** Whether the data of the last page of several is not all there. */
async function isCutOff(pages: readonly Page[], rangesOf: (page: Page) => Promise<Ranges>): Promise<boolean> {
  if (pages.length < 2) return false;
  return (await orFailure(rangesOf(pages.at(-1)!))) instanceof Failure;
}

/** Reads the SubIFDs of pages, each page's once. `main`: where the directories of the main chain start. */
function subPagesIn(
  window: Window,
  format: Format,
  main: Set<number>,
  pageOf: (directory: Directory) => Promise<Page>,
): TiffFile['subPages'] {
  const guard: ChainGuard = { seen: main, budget: window.size };
  const nested = new Set<number>();
  const read = async (directory: Directory): Promise<Page[]> => {
    const starts = (await fieldsOf(window, format, directory).list(tag.subIfds)) ?? [];
    const found = await readSubDirectories(window, format, starts, guard);
    // pages of the main chain may share one, but one that leads to a known one may lead to itself
    const known = nested.has(directory.offset) ? found.find(({ offset }) => nested.has(offset)) : undefined;
    if (known !== undefined)
      throw new Failure('imageBroken', { detail: `its directories form a loop at byte ${known.offset}` });
    for (const { offset } of found) nested.add(offset);
    const pages: Page[] = [];
    for (const sub of found) pages.push(await pageOf(sub));
    return pages;
  };
  const pagesAt = new Map<number, Promise<Page[]>>();
  return ({ directory }) => {
    const pages = pagesAt.get(directory.offset) ?? read(directory);
    pagesAt.set(directory.offset, pages);
    return pages;
  };
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

/**
 * Lists the planes of a one-directory stack, whose data follow each other without a gap. A description that claims more than
 * the file has does not make planes: where not all are there, or where the directory itself is in what would be their data,
 * the page is the one plane that its directory says, as in tifffile. A stack that is cut off within a plane is damaged.
 */
async function expandStack(
  page: Page,
  claimed: number,
  rangesOf: (page: Page) => Promise<Ranges>,
  size: number,
): Promise<Page[]> {
  if (page.layout instanceof Failure || page.layout.compression !== 1) return [page];
  const ranges = await rangesOf(page);
  const stride = strideOf(ranges);
  if (stride === undefined) return [page];
  const start = ranges.offsets[0]!;
  const { offset, fields } = page.directory;
  const isInside = offset > start && offset < start + claimed * stride;
  if (isInside && !fields.has(tag.metaMorphUic2)) return [page];
  // MetaMorph writes the directory behind the planes that were taken
  const there = Math.floor(((isInside ? offset : size) - start) / stride);
  if (there < claimed) {
    if (there > 1 && !isInside && (size - start) % stride !== 0)
      throw new Failure('imageBroken', { detail: `it claims ${claimed} planes and ends after ${there}` });
    return Array.from({ length: Math.max(1, there) }, (_, plane) => ({ ...page, plane }));
  }
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
