import { intensityColumns } from '../../core/channel-columns.ts';
import type { PixelSize } from '../../image/image.ts';
import type { Measurements, PixelRuns, RegionSamples } from '../../ports/predictor.ts';
import type { SharedPlane } from '../engine/pixels.ts';
import { accumulator } from '../measure/statistics.ts';
import type { Labels } from './label.ts';
import { perimeters } from './perimeter.ts';

/**
 * One row an object, in order of labels, and its samples. Definitions are those of scikit-image's regionprops; x runs right, y down, the
 * centre of the first pixel is 0.
 *
 * - `label`; `area_px` (pixels), `area_um2`
 * - `centroid_x_px`, `centroid_y_px`, `centroid_x_um`, `centroid_y_um`
 * - `bbox_x_px`, `bbox_y_px` (first column and row), `bbox_width_px`, `bbox_height_px`
 * - `equivalent_diameter_px`, `equivalent_diameter_um`: of the circle of the same area
 * - `major_axis_px`, `minor_axis_px`, `eccentricity` (0 to 1): of the ellipse with the same second moments
 * - `orientation_rad` (-pi/2 to pi/2): from the y axis to the major axis, counter-clockwise
 * - `perimeter_px`: see perimeter.ts
 * - `intensity_mean`, `intensity_min`, `intensity_max`, `intensity_std` (population), `intensity_sum`: of the plane's own
 *   samples; samples that are not finite are left out
 * - `intensity_median`: of the same
 *
 * Columns in micrometres are there where the pixel size is known.
 */
export function measure(
  plane: SharedPlane,
  { labels, count, runs }: Labels & { runs: PixelRuns },
  pixelSize: PixelSize | undefined,
): { measurements: Measurements; samples: RegionSamples } {
  const shape = moments(runs, count, plane.width);
  const of = (value: (object: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => value(i));
  const { area, first, sumX, sumY, left, right, top, bottom } = shape;
  const originX = (i: number): number => first[i]! % plane.width;
  const originY = (i: number): number => Math.floor(first[i]! / plane.width);
  const x = of((i) => originX(i) + sumX[i]! / area[i]!);
  const y = of((i) => originY(i) + sumY[i]! / area[i]!);
  const diameter = of((i) => Math.sqrt((4 * area[i]!) / Math.PI));
  const ellipses = Array.from(area, (_, i) => ellipse(shape, i));
  const all = accumulator(count);
  all.add(plane.data, runs);
  const measurements = {
    label: of((i) => i + 1),
    area_px: area,
    ...(pixelSize && { area_um2: of((i) => area[i]! * pixelSize.x * pixelSize.y) }),
    centroid_x_px: x,
    centroid_y_px: y,
    ...(pixelSize && { centroid_x_um: of((i) => x[i]! * pixelSize.x), centroid_y_um: of((i) => y[i]! * pixelSize.y) }),
    bbox_x_px: left,
    bbox_y_px: top,
    bbox_width_px: of((i) => right[i]! - left[i]! + 1),
    bbox_height_px: of((i) => bottom[i]! - top[i]! + 1),
    equivalent_diameter_px: diameter,
    ...(pixelSize && {
      equivalent_diameter_um: of((i) => diameter[i]! * Math.sqrt(pixelSize.x * pixelSize.y)),
    }),
    major_axis_px: of((i) => ellipses[i]!.major),
    minor_axis_px: of((i) => ellipses[i]!.minor),
    eccentricity: of((i) => ellipses[i]!.eccentricity),
    orientation_rad: of((i) => ellipses[i]!.orientation),
    perimeter_px: perimeters(labels, count, plane.height, plane.width),
    ...intensityColumns(all.finish()),
  };
  return { measurements, samples: all.samples() };
}

/** Sums over each object, of coordinates relative to its first pixel: exact, as they stay whole numbers below 2^53. */
function moments({ start: starts, end: ends, of }: PixelRuns, count: number, width: number) {
  const column = (): Float64Array => new Float64Array(count);
  const [area, sumX, sumY, sumXX, sumYY, sumXY] = [column(), column(), column(), column(), column(), column()];
  const first = new Float64Array(count).fill(-1);
  const left = new Float64Array(count).fill(Infinity);
  const top = column();
  const right = new Float64Array(count).fill(-1);
  const bottom = column();
  for (let r = 0; r < starts.length; r++) {
    const i = of[r]!;
    const row = Math.floor(starts[r]! / width);
    const start = starts[r]! - row * width;
    if (first[i] === -1) {
      first[i] = starts[r]!;
      top[i] = row;
    }
    const n = ends[r]! - starts[r]!;
    const a = start - (first[i]! % width);
    const dy = row - top[i]!;
    const runX = n * a + (n * (n - 1)) / 2; // a + (a + 1) + ... + (a + n - 1)
    area[i]! += n;
    sumX[i]! += runX;
    sumY[i]! += n * dy;
    sumXX[i]! += n * a * a + a * n * (n - 1) + ((n - 1) * n * (2 * n - 1)) / 6;
    sumYY[i]! += n * dy * dy;
    sumXY[i]! += runX * dy;
    if (start < left[i]!) left[i] = start;
    if (start + n - 1 > right[i]!) right[i] = start + n - 1;
    bottom[i] = row;
  }
  return { area, first, sumX, sumY, sumXX, sumYY, sumXY, left, top, right, bottom };
}

type Moments = ReturnType<typeof moments>;

/** Axis lengths are four standard deviations along the principal axes; formulas of skimage.measure._regionprops. */
function ellipse({ area, sumX, sumY, sumXX, sumYY, sumXY }: Moments, i: number) {
  const n = area[i]!;
  // Divided once, at the end: differences of exact products lose nothing.
  const xx = (n * sumXX[i]! - sumX[i]! * sumX[i]!) / (n * n);
  const yy = (n * sumYY[i]! - sumY[i]! * sumY[i]!) / (n * n);
  const xy = (n * sumXY[i]! - sumX[i]! * sumY[i]!) / (n * n);
  const mean = (xx + yy) / 2;
  const spread = Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy);
  const large = mean + spread;
  const small = Math.max(0, mean - spread);
  let orientation = 0.5 * Math.atan2(2 * xy, yy - xx);
  if (xx === yy) orientation = xy > 0 ? Math.PI / 4 : -Math.PI / 4;
  return {
    major: 4 * Math.sqrt(large),
    minor: 4 * Math.sqrt(small),
    eccentricity: large === 0 ? 0 : Math.sqrt(1 - small / large),
    orientation,
  };
}
