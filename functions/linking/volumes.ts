import { intensityColumns } from '../core/channel-columns.ts';
import type { PixelSize } from '../image/image.ts';
import type { Measurements, RegionSamples } from '../ports/predictor.ts';
import { addSamplesOf, type LinkedMedians, mediansOf, noMedians } from './linked-medians.ts';
import { addSection, emptySums, type ObjectSums } from './object-sums.ts';
import { statisticsOf } from './sample-sums.ts';

/** Sums over the planes of each object of one stack, by its number less 1; plain values, so that they can be kept. */
export interface VolumeSums {
  sums: ObjectSums;
  medians: LinkedMedians;
  /** Planes that show the object. */
  planes: Float64Array;
  sumZ: Float64Array;
  first: Float64Array;
  last: Float64Array;
  /** The plane where it is largest, the first of equals, and its pixels there. */
  widest: Float64Array;
  widestArea: Float64Array;
  /** µm²; 0 where the spacing is not known. */
  surface: Float64Array;
}

export const emptyVolumes = (count = 0): VolumeSums => ({
  sums: emptySums(count),
  medians: noMedians(),
  planes: new Float64Array(count),
  sumZ: new Float64Array(count),
  first: new Float64Array(count).fill(-1),
  last: new Float64Array(count),
  widest: new Float64Array(count),
  widestArea: new Float64Array(count),
  surface: new Float64Array(count),
});

/** The same with space for at least `count` objects. */
export function volumesFor(volumes: VolumeSums, count: number): VolumeSums {
  if (volumes.planes.length >= count) return volumes;
  const larger = emptyVolumes(Math.max(64, 2 * volumes.planes.length, count));
  for (const key of Object.keys(larger.sums) as (keyof ObjectSums)[]) larger.sums[key].set(volumes.sums[key]);
  larger.medians = volumes.medians;
  for (const key of ['planes', 'sumZ', 'first', 'last', 'widest', 'widestArea', 'surface'] as const)
    larger[key].set(volumes[key]);
  return larger;
}

/** Objects of one plane, in order of labels. */
export interface Sections {
  sums: ObjectSums;
  samples: RegionSamples;
}

/** Adds plane `depth` (zero-based), whose objects have these numbers. There must be space for them. */
export function addPlane(
  volumes: VolumeSums,
  { sums: sections, samples }: Sections,
  numbers: Uint32Array,
  depth: number,
): void {
  addSamplesOf(volumes.medians, samples, numbers, depth);
  for (let i = 0; i < numbers.length; i++) {
    const to = numbers[i]! - 1;
    const area = sections.area[i]!;
    addSection(volumes.sums, to, sections, i);
    volumes.sumZ[to]! += area * depth;
    volumes.planes[to]!++; // an object has one section in a plane
    if (volumes.first[to] === -1) volumes.first[to] = depth;
    volumes.last[to] = depth;
    if (area <= volumes.widestArea[to]!) continue;
    volumes.widest[to] = depth;
    volumes.widestArea[to] = area;
  }
}

/**
 * One row an object, in order of numbers. Definitions are those of scikit-image's regionprops of the label volume; x runs
 * right, y down, z along the planes, the centre of the first voxel is 0. A voxel is one pixel of one plane.
 *
 * - `label`; `area_px`, `area_um2`: of its largest section
 * - `volume_voxels`, `volume_um3`
 * - `centroid_x_px`, `centroid_y_px`, `centroid_z_planes`, `centroid_x_um`, `centroid_y_um`, `centroid_z_um`
 * - `bbox_x_px`, `bbox_y_px`, `bbox_z_planes` (first column, row and plane), `bbox_width_px`, `bbox_height_px`, `bbox_depth_planes`
 * - `planes`: planes that show it; fewer than `bbox_depth_planes` where one misses it
 * - `z_extent_um`: `bbox_depth_planes` times the spacing
 * - `equivalent_diameter_um`: of the ball of the same volume
 * - `surface_um2`: see surface.ts
 * - `intensity_mean`, `intensity_min`, `intensity_max`, `intensity_std` (population), `intensity_sum`,
 *   `intensity_median`: of all its voxels
 *
 * Columns in micrometres are there where the file says what they need: the size of a pixel, with z also the spacing of planes.
 */
export function measureVolumes(volumes: VolumeSums, count: number, pixelSize: PixelSize | undefined): Measurements {
  const of = (value: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => value(i));
  const { sums } = volumes;
  const volume = (i: number) => sums.area[i]!;
  const x = of((i) => sums.sumX[i]! / volume(i));
  const y = of((i) => sums.sumY[i]! / volume(i));
  const z = of((i) => volumes.sumZ[i]! / volume(i));
  const depth = of((i) => volumes.last[i]! - volumes.first[i]! + 1);
  const spacing = pixelSize?.z;
  const voxel = pixelSize && spacing !== undefined ? pixelSize.x * pixelSize.y * spacing : undefined;
  return {
    label: of((i) => i + 1),
    area_px: volumes.widestArea.slice(0, count),
    ...(pixelSize && { area_um2: of((i) => volumes.widestArea[i]! * pixelSize.x * pixelSize.y) }),
    volume_voxels: sums.area.slice(0, count),
    ...(voxel !== undefined && { volume_um3: of((i) => volume(i) * voxel) }),
    centroid_x_px: x,
    centroid_y_px: y,
    centroid_z_planes: z,
    ...(pixelSize && { centroid_x_um: of((i) => x[i]! * pixelSize.x), centroid_y_um: of((i) => y[i]! * pixelSize.y) }),
    ...(spacing !== undefined && { centroid_z_um: of((i) => z[i]! * spacing) }),
    bbox_x_px: sums.left.slice(0, count),
    bbox_y_px: sums.top.slice(0, count),
    bbox_z_planes: volumes.first.slice(0, count),
    bbox_width_px: of((i) => sums.right[i]! - sums.left[i]! + 1),
    bbox_height_px: of((i) => sums.bottom[i]! - sums.top[i]! + 1),
    bbox_depth_planes: depth,
    planes: volumes.planes.slice(0, count),
    ...(spacing !== undefined && { z_extent_um: of((i) => depth[i]! * spacing) }),
    ...(voxel !== undefined && {
      equivalent_diameter_um: of((i) => Math.cbrt((6 * volume(i) * voxel) / Math.PI)),
      surface_um2: volumes.surface.slice(0, count),
    }),
    ...intensityColumns({ ...statisticsOf(sums, count), median: mediansOf(volumes.medians, count) }),
  };
}
