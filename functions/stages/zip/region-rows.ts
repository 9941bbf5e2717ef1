import { predictedPlanes } from '../../core/counted-objects.ts';
import { csvRow } from '../../core/csv.ts';
import { combinationNames, type PositiveRule } from '../../core/positive.ts';
import type { DoneReport } from './file-report.ts';

const squareMicrometresPerMm2 = 1e6;

/** `regions.csv`: a row a region of each image that has regions. */
export const regionsHeader = (rules: readonly PositiveRule[] = []): string =>
  csvRow([
    ...['path', 'region', 'regions_file', 'objects', 'objects_per_plane', 'area_px', 'area_um2', 'density_per_mm2'],
    ...(rules.length > 0 ? combinationNames(rules) : []),
  ]);

/**
 * Of one image. Objects are counted as in its summary: each once, or where every plane is counted by itself as the mean of the
 * planes that the region is of. The density is that of the objects in the area of the region, of several positions together.
 */
export function* regionRows(
  { summary, regions = [] }: DoneReport,
  rules: readonly PositiveRule[] = [],
): Generator<string> {
  const { path, pixelSize, positions, objects: isOnce } = summary;
  for (const [i, { name, areaPx, planes }] of (summary.regions?.list ?? []).entries()) {
    const { rows, tracks, combinations } = regions[i]!;
    const objects = tracks.size > 0 ? tracks.size : rows;
    const perPlane = rows / Math.min(planes, predictedPlanes(summary));
    const area = pixelSize && areaPx * pixelSize.x * pixelSize.y;
    const counted = isOnce === undefined ? perPlane : objects / positions;
    const ofPlanes = isOnce === undefined || summary.counted === undefined; // linked objects are of no single plane
    yield csvRow([
      ...[
        path,
        name,
        summary.regions!.file,
        isOnce === undefined ? undefined : objects,
        ofPlanes ? perPlane : undefined,
        areaPx,
        area,
      ],
      area && (counted / area) * squareMicrometresPerMm2,
      ...(rules.length > 0 ? combinations : []),
    ]);
  }
}
