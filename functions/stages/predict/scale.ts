import { Failure } from '../../core/errors.ts';
import type { PixelSize, Plane } from '../../image/image.ts';
import { enlargeMaps, reducePlane } from '../../model/reduce.ts';
import type { ScaleSettings } from '../../model/settings.ts';
import type { Maps, Predictor, Segmenter } from '../../ports/predictor.ts';

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
  pixelSize: PixelSize | undefined;
  /** The planes to look at, where it takes a look. */
  look(): Promise<Plane[]>;
}

/** Larger factors would leave nothing of the usual plane. */
const mostReduced = 16;

/**
 * The scale of one image: by the diameter that the user gave; else 1 where the pixel size makes usual objects narrow enough;
 * else by an estimate. Throws `modelUnscaled` for a diameter that this model has no use for.
 */
export async function chooseScale(
  settings: ScaleSettings | undefined,
  { diameter, pixelSize, look }: ScaleClues,
  engine: Predictor & Segmenter,
  signal?: AbortSignal,
): Promise<Scale> {
  if (settings === undefined) {
    if (diameter !== undefined) throw new Failure('modelUnscaled', [engine.model.name]);
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

/** Reduced so far, only wide objects are seen whole; narrow ones vanish or run together, so the finer look decides. */
const looks = [4, 2];

/**
 * Median diameter (px) by area of the objects found in the reduced planes, where those are wider than the model's widest at a
 * quarter and again at half of the resolution: narrow objects that look like a wide one at a quarter do not at half.
 * Undefined: nothing wide was found.
 */
async function estimateDiameter(
  planes: readonly Plane[],
  { widest }: ScaleSettings,
  engine: Predictor & Segmenter,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  let found: number | undefined;
  for (const factor of looks) {
    const small = await Promise.all(planes.map((plane) => reducePlane(plane, factor)));
    const maps = await engine.predict(small, signal);
    const { measurements } = await engine.segment(small[0]!, maps, { preview: false }, signal);
    const diameter = factor * medianByArea(measurements.area_px!);
    if (!(diameter > widest)) return undefined;
    found = diameter;
  }
  return found;
}

/** Diameter of the circle whose area is that of the object in the middle of all area, sorted by size; 0 without objects. */
function medianByArea(areas: Float64Array): number {
  const sorted = areas.slice().sort();
  const half = sorted.reduce((sum, area) => sum + area, 0) / 2;
  let sum = 0;
  for (const area of sorted) {
    sum += area;
    if (sum >= half) return Math.sqrt((4 * area) / Math.PI);
  }
  return 0;
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
