import type { Plane } from '../../image/image.ts';
import type { ScaleSettings } from '../../model/package/settings.ts';
import type { Measurements, Predictor, Segmenter } from '../../ports/predictor.ts';
import { resamplePlane } from './resample.ts';

/** Rows and columns at most, px of the image, that a look takes: hundreds of objects, at a small part of what a large plane costs. */
const atHalf = 1024;
const asItIs = 384;
const doubled = 256;

/** Looks go on where what they show is this near to the diameters that are predicted as they are. */
const near = 0.8;

/**
 * Objects this much narrower as they are than at half of the resolution are narrow ones in clusters, which run together
 * there. On the validation images, also shrunk and enlarged: 0.24 of it at most for nuclei under 8 px, 0.58 at least for wide ones.
 */
const clustered = 0.4;

/** What the pixel size leaves possible, or all. */
export interface Sought {
  wide: boolean;
  narrow: boolean;
}

/**
 * Median diameter by area (px) of the objects in the planes, where it is outside what is predicted as it is; else undefined.
 * - Wide ones: found at a quarter of the resolution, where they look wide again at a half around the median one and, where
 *   narrow ones are possible too, are not clusters of these.
 * - Narrow ones: found as they are around the median one of the first look, else in the middle, and where they look narrow
 *   again at twice the resolution: narrower ones run together as they are.
 */
export async function estimateDiameter(
  planes: readonly Plane[],
  { widest, narrowest }: ScaleSettings,
  { wide, narrow }: Sought,
  engine: Predictor & Segmenter,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const look = async (factor: number, side?: number, at?: Spot): Promise<MedianObject | undefined> => {
    const cut = side === undefined ? whole(planes) : around(planes, side, at);
    const seen = factor === 1 ? cut.planes : await Promise.all(cut.planes.map((plane) => resamplePlane(plane, factor)));
    const maps = await engine.predict(seen, signal);
    const { measurements } = await engine.segment(seen[0]!, maps, { preview: false }, signal);
    const found = medianByArea(measurements);
    return (
      found && { diameter: factor * found.diameter, y: cut.top + factor * found.y, x: cut.left + factor * found.x }
    );
  };
  let median = wide ? await look(4) : undefined;
  if (median !== undefined && median.diameter > near * widest) median = await look(2, atHalf, median);
  const found = median !== undefined && median.diameter > widest ? median.diameter : undefined;
  if (!narrow || narrowest === undefined) return found;
  median = await look(1, asItIs, median);
  if (found !== undefined && (median === undefined || median.diameter > clustered * found)) return found;
  if (median === undefined || median.diameter >= narrowest / near) return undefined;
  median = await look(1 / 2, doubled, median);
  return median !== undefined && median.diameter < narrowest ? median.diameter : undefined;
}

interface Spot {
  y: number;
  x: number;
}

interface MedianObject extends Spot {
  /** Of the circle of its area, px. */
  diameter: number;
}

function medianByArea({ area_px: areas, centroid_y_px: y, centroid_x_px: x }: Measurements): MedianObject | undefined {
  const i = medianIndex(areas!);
  return i === undefined ? undefined : { diameter: circleOf(areas![i]!), y: y![i]!, x: x![i]! };
}

/** Of the same object, px. */
export function medianDiameter(areas: Float64Array): number | undefined {
  const i = medianIndex(areas);
  return i === undefined ? undefined : circleOf(areas[i]!);
}

const circleOf = (area: number): number => Math.sqrt((4 * area) / Math.PI);

/** The object in the middle of all area, sorted by size, of equal ones the first. */
function medianIndex(areas: Float64Array): number | undefined {
  const order = Array.from(areas.keys()).sort((a, b) => areas[a]! - areas[b]! || a - b);
  const half = areas.reduce((sum, area) => sum + area, 0) / 2;
  let sum = 0;
  return order.find((i) => {
    sum += areas[i]!;
    return sum >= half;
  });
}

interface Cut {
  planes: readonly Plane[];
  top: number;
  left: number;
}

const whole = (planes: readonly Plane[]): Cut => ({ planes, top: 0, left: 0 });

/** Parts of the planes of at most `side` rows and columns around a spot, else around the middle. */
function around(planes: readonly Plane[], side: number, spot?: Spot): Cut {
  const { height, width } = planes[0]!;
  const start = (at: number, length: number): number => Math.max(0, Math.min(length - side, Math.floor(at) - side / 2));
  const [top, left] = [start(spot?.y ?? height / 2, height), start(spot?.x ?? width / 2, width)];
  const size = { height: Math.min(side, height), width: Math.min(side, width) };
  if (size.height === height && size.width === width) return whole(planes);
  return { planes: planes.map((plane) => part(plane, { top, left, ...size })), top, left };
}

function part(
  plane: Plane,
  { top, left, height, width }: { top: number; left: number; height: number; width: number },
): Plane {
  const Samples = plane.data.constructor as new (length: number) => typeof plane.data;
  const data = new Samples(height * width);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * plane.width + left;
    data.set(plane.data.subarray(from, from + width) as never, row * width);
  }
  return { ...plane, height, width, data };
}
