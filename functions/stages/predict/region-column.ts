import type { PlaneMode } from '../../core/plane-mode.ts';
import type { FileSummary } from '../../core/summary.ts';
import type { ImageInfo } from '../../image/image.ts';
import type { Measurements } from '../../ports/predictor.ts';
import { type RegionMap, regionsAt } from '../../regions/region-map.ts';
import type { Columns } from './measure-channels.ts';

/**
 * In which regions each object is, by its centroid; nothing where the image has no regions. `plane`: where each plane is
 * counted by itself; else a region holds through all of them.
 */
export function regionColumn(
  regions: RegionMap | undefined,
  { centroid_x_px: x, centroid_y_px: y }: Measurements,
  plane?: { depth: number; time: number },
): Columns {
  if (regions === undefined || x === undefined || y === undefined) return {};
  return { region: Array.from(x, (column, i) => regionsAt(regions, [column, y[i]!], plane)) };
}

/** What the summary says of them. `info`: of the planes that are predicted. */
export function regionsSummary(
  { file, sha256, regions }: RegionMap,
  mode: PlaneMode,
  { positions, times, depths }: Pick<ImageInfo, 'positions' | 'times' | 'depths'>,
): NonNullable<FileSummary['regions']> {
  const byPlane = mode === 'each';
  const list = regions.map(({ name, runs, depth, time }) => ({
    name,
    areaPx: runs.area,
    planes: positions * (byPlane && time !== undefined ? 1 : times) * (byPlane && depth !== undefined ? 1 : depths),
  }));
  return { file, sha256, list };
}
