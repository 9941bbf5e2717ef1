import { Failure } from '../../core/errors.ts';
import type { Beside, ByteSource, ImageInfo, Plane, PlaneIndex, SampleArray } from '../image.ts';
import { imageOf, type PlaneSource, shown } from './image.ts';
import { bytesPerSample, type Layout, samplesTogether } from './layout.ts';
import { isReduced, reducedPages } from './reduced-pages.ts';
import { samplesOn } from './segment.ts';
import { type SegmentCacheOptions, segmentCache } from './segment-cache.ts';
import { dividedStrips, type SegmentGrid } from './segment-grid.ts';
import { layoutOf, openTiff, type Page } from './tiff-file.ts';

/** A rectangle of pixels of one level. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** One resolution at which the file has the image. */
interface Level {
  height: number;
  width: number;
  /** Pixels of the image that one of its pixels stands for, each way: 1, 2, 4 ... */
  reduction: number;
  /** Of the strips or tiles that it is read by. */
  segmentHeight: number;
  segmentWidth: number;
}

/** An image of which any part of any plane can be read without the rest. */
export interface RegionImage {
  readonly info: ImageInfo;
  readonly notes: readonly string[];
  /** Full resolution first. */
  readonly levels: readonly Level[];
  /** Samples as readPlane gives them. Throws RangeError for what lies outside of the level. */
  readRegion(index: PlaneIndex, level: number, region: Region): Promise<Plane>;
  /** Gives back the memory of strips and tiles that were read; what is asked for later is read again. */
  release(): void;
}

/** Opens a TIFF, PNG or JPEG for reading parts of its planes. Throws as openImage does. */
export async function openRegions(
  source: ByteSource,
  { axes, ...options }: SegmentCacheOptions & Beside & { axes?: string },
): Promise<RegionImage> {
  const file = await openTiff(source, options.name);
  const image = await imageOf(file, { ...options, ...(axes !== undefined && { axes }) });
  const { info } = image;
  const segments = segmentCache(file.source, options);
  const grids = new Map<Page, Promise<SegmentGrid>>();
  const gridOf = (page: Page): Promise<SegmentGrid> => {
    let grid = grids.get(page);
    if (grid === undefined) {
      grid = file.rangesOf(page).then((ranges) => dividedStrips({ layout: layoutOf(page), ranges }));
      grid.catch(() => grids.delete(page));
      grids.set(page, grid);
    }
    return grid;
  };
  const first = await image.locate({ position: 0, time: 0, depth: 0, channel: 0 });
  const reduced = await reducedPages(file, first.page, image.planePages);
  const levels = [{ page: first.page, reduction: 1 }, ...reduced].map(({ page, reduction }) => {
    const { layout } = dividedStrips({ layout: layoutOf(page), ranges: noRanges });
    const { height, width, segmentHeight, segmentWidth } = layout;
    return { height, width, reduction, segmentHeight, segmentWidth };
  });

  /** The page of a plane at a level. */
  const pageAt = async (page: Page, level: number): Promise<Page> => {
    if (level === 0 || page === first.page) return level === 0 ? page : reduced[level - 1]!.page;
    const own = (await file.subPages(page)).find((sub) => isReduced(sub, page, levels[level]!.reduction));
    if (own === undefined)
      throw new Failure('imageBroken', { detail: `a plane has no level reduced ${levels[level]!.reduction} times` });
    return own;
  };

  return {
    info,
    notes: image.notes,
    levels,
    release: segments.clear,
    async readRegion(index, level, region) {
      const size = levels[level];
      if (size === undefined || !isInside(region, size))
        throw new RangeError(`no ${JSON.stringify(region)} at level ${level}`);
      const source = await image.locate(index);
      const grid = await gridOf(await pageAt(source.page, level));
      const { plane, picked } = await cutOut(grid, segments.read, region, source);
      const { bits } = grid.layout;
      if (picked) return plane;
      return shown(plane, source.meaning, info, { bits, sample: source.sample, shared: false });
    },
  };
}

const noRanges = { offsets: new Float64Array(0), lengths: new Float64Array(0) };

const isInside = ({ left, top, width, height }: Region, level: Pick<Level, 'height' | 'width'>): boolean =>
  [left, top, width, height].every((value) => Number.isInteger(value) && value >= 0) &&
  width > 0 &&
  height > 0 &&
  left + width <= level.width &&
  top + height <= level.height;

/** Segments that a region touches, from the first to the last of each row of them. */
function touched({ segmentWidth, segmentHeight, across }: Layout, { left, top, width, height }: Region): number[] {
  const indices: number[] = [];
  for (let row = Math.floor(top / segmentHeight); row * segmentHeight < top + height; row++)
    for (let column = Math.floor(left / segmentWidth); column * segmentWidth < left + width; column++)
      indices.push(row * across + column);
  return indices;
}

/** Copies a region out of its segments. `picked`: of samples that lie apart, only the one channel was read. */
async function cutOut(
  grid: SegmentGrid,
  read: (grid: SegmentGrid, indices: readonly number[]) => ReturnType<ReturnType<typeof segmentCache>['read']>,
  region: Region,
  { meaning, sample }: PlaneSource,
): Promise<{ plane: Plane; picked: boolean }> {
  const { layout } = grid;
  const { type, planar, across, down } = layout;
  const picked = planar && meaning.kind === 'channels';
  const samples = picked ? 1 : layout.samples;
  const { width, height } = region;
  const data = samplesOn(
    type,
    new ArrayBuffer(width * height * samples * bytesPerSample[type]),
    0,
    width * height * samples,
  );
  const grids = planar ? (picked ? [sample] : Array.from({ length: layout.samples }, (_, i) => i)) : [0];
  for (const [to, number] of grids.entries()) {
    const indices = touched(layout, region);
    const found = await read(
      grid,
      indices.map((index) => number * across * down + index),
    );
    const plane = { data, samples, sample: to };
    for (const [i, segment] of found.entries()) copyOut({ segment, index: indices[i]! }, layout, region, plane);
  }
  return { plane: { height, width, samples, type, data }, picked };
}

/** Copies what a segment has of a region into it. `sample`: where its own go, where those of a pixel lie apart. */
function copyOut(
  { segment, index }: { segment: SampleArray; index: number },
  layout: Layout,
  { left, top, width, height }: Region,
  { data, samples, sample }: { data: SampleArray; samples: number; sample: number },
): void {
  const { across, segmentWidth, segmentHeight } = layout;
  const together = samplesTogether(layout);
  const segmentTop = Math.floor(index / across) * segmentHeight;
  const segmentLeft = (index % across) * segmentWidth;
  const first = Math.max(left, segmentLeft);
  const columns = Math.min(left + width, segmentLeft + segmentWidth) - first;
  const end = Math.min(top + height, segmentTop + segmentHeight);
  for (let y = Math.max(top, segmentTop); y < end; y++) {
    const from = ((y - segmentTop) * segmentWidth + (first - segmentLeft)) * together;
    const to = ((y - top) * width + (first - left)) * samples;
    if (together === samples) data.set(segment.subarray(from, from + columns * together) as never, to);
    else for (let x = 0; x < columns; x++) data[to + x * samples + sample] = segment[from + x]!;
  }
}
