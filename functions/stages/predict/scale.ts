import { Failure } from '../../core/errors.ts';
import { mostReduced } from '../../core/object-settings.ts';
import type { PixelSize, Plane } from '../../image/image.ts';
import type { ScaleSettings } from '../../model/package/settings.ts';
import type { Maps, Measurements, Predictor, Segmenter } from '../../ports/predictor.ts';
import { enlargeMaps, reducePlane } from './reduce.ts';

/** By what whole factor planes are reduced before they are predicted, and why. */
export interface Scale {
  factor: number;
  /** Of the objects, px of the image; absent where it made no difference. */
  diameterPx?: number;
  from: 'model' | 'option' | 'pixel size' | 'estimate';
}

/** What a plane's scale is chosen from. */
export interface ScaleClues {
  /** Median diameter as the user gave it, px. */
  diameter: number | undefined;
  /** The factor itself, as the user gave it. */
  factor?: number | undefined;
  pixelSize: PixelSize | undefined;
  /** The planes to look at, where it takes a look. */
  look(): Promise<Plane[]>;
}

/**
 * The scale of one image: the factor or by the diameter that the user gave; else 1 where the pixel size makes usual objects narrow enough;
 * else by an estimate. Throws `modelUnscaled` for a diameter that this model has no use for.
 */
export async function chooseScale(
  settings: ScaleSettings | undefined,
  { diameter, factor, pixelSize, look }: ScaleClues,
  engine: Predictor & Segmenter,
  signal?: AbortSignal,
): Promise<Scale> {
  if (factor !== undefined) return { factor, from: 'option' };
  if (settings === undefined) {
    if (diameter !== undefined) throw new Failure('modelUnscaled', { model: engine.model.name });
    return { factor: 1, from: 'model' };
  }
  if (diameter !== undefined) return { factor: factorFor(diameter, settings), diameterPx: diameter, from: 'option' };
  const { micrometres } = settings;
  if (pixelSize !== undefined && micrometres !== undefined) {
    const expected = micrometres / Math.sqrt(pixelSize.x * pixelSize.y);
    if (expected <= settings.widest / 2) return { factor: 1, from: 'pixel size' };
  }
  const estimated = await estimateDiameter(await look(), settings, engine, signal);
  if (estimated === undefined) return { factor: 1, from: 'estimate' };
  return { factor: factorFor(estimated, settings), diameterPx: estimated, from: 'estimate' };
}

/** 1 up to the widest, else what brings the diameter nearest to the model's. */
export const factorFor = (diameter: number, { diameter: best, widest }: ScaleSettings): number =>
  diameter <= widest ? 1 : Math.min(mostReduced, Math.max(2, Math.round(diameter / best)));

/** Rows and columns at most, px of the image, of the second look: hundreds of objects, at a small part of what a large plane costs. */
const secondLook = 1024;

/**
 * Median diameter (px) by area of the objects found in the planes at a quarter of the resolution, where they look wider than the
 * model's widest, and again at a half around the median one: narrow objects that run together at a quarter do not at half.
 * Undefined: nothing wide was found.
 */
async function estimateDiameter(
  planes: readonly Plane[],
  { widest }: ScaleSettings,
  engine: Predictor & Segmenter,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const median = async (seen: readonly Plane[], factor: number): Promise<MedianObject | undefined> => {
    const small = await Promise.all(seen.map((plane) => reducePlane(plane, factor)));
    const { measurements } = await engine.segment(
      small[0]!,
      await engine.predict(small, signal),
      { preview: false },
      signal,
    );
    const found = medianByArea(measurements);
    return found && { diameter: factor * found.diameter, y: factor * found.y, x: factor * found.x };
  };
  const first = await median(planes, 4);
  if (first === undefined || first.diameter <= widest) return undefined;
  const second = await median(
    planes.map((plane) => around(plane, first)),
    2,
  );
  return second !== undefined && second.diameter > widest ? second.diameter : undefined;
}

interface MedianObject {
  /** Of the circle of its area, px. */
  diameter: number;
  y: number;
  x: number;
}

/** The object in the middle of all area, sorted by size, of equal ones the first. */
function medianByArea({ area_px: areas, centroid_y_px: y, centroid_x_px: x }: Measurements): MedianObject | undefined {
  const order = Array.from(areas!.keys()).sort((a, b) => areas![a]! - areas![b]! || a - b);
  const half = areas!.reduce((sum, area) => sum + area, 0) / 2;
  let sum = 0;
  for (const i of order) {
    sum += areas![i]!;
    if (sum >= half) return { diameter: Math.sqrt((4 * areas![i]!) / Math.PI), y: y![i]!, x: x![i]! };
  }
  return undefined;
}

/** The part of a plane for the second look. */
function around(plane: Plane, { y, x }: { y: number; x: number }): Plane {
  const start = (at: number, length: number): number =>
    Math.max(0, Math.min(length - secondLook, Math.floor(at) - secondLook / 2));
  const [top, left] = [start(y, plane.height), start(x, plane.width)];
  const height = Math.min(secondLook, plane.height);
  const width = Math.min(secondLook, plane.width);
  if (height === plane.height && width === plane.width) return plane;
  const Samples = plane.data.constructor as new (length: number) => typeof plane.data;
  const data = new Samples(height * width);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * plane.width + left;
    data.set(plane.data.subarray(from, from + width) as never, row * width);
  }
  return { ...plane, height, width, data };
}

/** The planes at the scale, to be predicted. */
export const reduced = (planes: readonly Plane[], { factor }: Scale): Promise<Plane[]> =>
  factor === 1 ? Promise.resolve([...planes]) : Promise.all(planes.map((plane) => reducePlane(plane, factor)));

/** Size of the planes at the scale. */
export const reducedSize = (
  { height, width }: { height: number; width: number },
  { factor }: Scale,
): { height: number; width: number } => ({ height: Math.ceil(height / factor), width: Math.ceil(width / factor) });

/** Maps of reduced planes at the size of the image. */
export const enlarged = (maps: Maps, { factor }: Scale, size: { height: number; width: number }): Promise<Maps> =>
  factor === 1 ? Promise.resolve(maps) : enlargeMaps(maps, factor, size.height, size.width);
