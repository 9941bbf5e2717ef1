import { blockMeans, blockMiddles, type Samples } from '../../../functions/image/blocks.ts';
import type { Plane } from '../../../functions/image/image.ts';
import type { Region, RegionImage } from '../../../functions/image/tiff/regions.ts';
import type { ChannelSource, PlaneChoice } from '../messages.ts';
import { oneSample } from '../one-sample.ts';
import { sizeAt, storedLevelFor, type Tile, tileSide } from '../tile-choice.ts';

/** Pixels of the file that are in memory at once while a tile of a coarse level is made. */
const bandPixels = 1 << 22;

/** Which pixels a tile is, at its level. */
export function regionOf({ level, column, row }: Tile, image: { width: number; height: number }): Region {
  const size = sizeAt(image, level);
  const [left, top] = [column * tileSide, row * tileSide];
  return { left, top, width: Math.min(tileSide, size.width - left), height: Math.min(tileSide, size.height - top) };
}

/**
 * Reads pixels of a level of tiles, of intensities their means and of labels the middle ones, from the smallest level of the
 * file that has them all. `region`: pixels of that level, inside of the image.
 */
export async function readAtLevel(
  image: RegionImage,
  at: { plane: PlaneChoice; source: ChannelSource; level: number },
  region: Region,
  labels: boolean,
): Promise<Samples> {
  const stored = storedLevelFor(image.levels, at.level);
  const size = image.levels[stored]!;
  const by = 2 ** at.level / size.reduction;
  const { sample, channel } = at.source;
  const read = async (part: Region): Promise<Samples> => {
    const plane: Plane = await image.readRegion({ ...at.plane, channel }, stored, part);
    return oneSample(plane, sample);
  };
  const left = Math.min(region.left * by, size.width - 1);
  const width = Math.min(region.width * by, size.width - left);
  const bandRows = Math.max(1, Math.min(region.height, Math.floor(bandPixels / (width * by))));
  const bands: Samples[] = [];
  for (let row = 0; row < region.height; row += bandRows) {
    const top = Math.min((region.top + row) * by, size.height - 1);
    const rows = Math.min(bandRows, region.height - row) * by;
    const band = await read({ left, top, width, height: Math.min(rows, size.height - top) });
    bands.push(by === 1 ? band : labels ? blockMiddles(band, by) : blockMeans(band, by, Float32Array));
  }
  return bands.length === 1 && isWhole(bands[0]!, region) ? bands[0]! : stacked(bands, region);
}

const isWhole = ({ width, height }: Samples, region: Region): boolean =>
  width === region.width && height === region.height;

/** Bands one below the other. A level that the file's writer rounded down lacks a pixel at its edge: it is the one beside it. */
function stacked(bands: readonly Samples[], { width, height }: Region): Samples {
  const data = new Float64Array(width * height);
  let row = 0;
  for (const band of bands)
    for (let y = 0; y < band.height && row < height; y++, row++)
      for (let x = 0; x < width; x++) data[row * width + x] = band.data[y * band.width + Math.min(x, band.width - 1)]!;
  for (; row > 0 && row < height; row++) data.copyWithin(row * width, (row - 1) * width, row * width);
  return { width, height, data };
}
