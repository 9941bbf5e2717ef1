import { Failure } from '../../core/errors.ts';
import { mostReduced } from '../../core/object-settings.ts';
import type { PixelSize, Plane } from '../../image/image.ts';
import type { ScaleSettings } from '../../model/package/settings.ts';
import type { Maps, Predictor, Segmenter } from '../../ports/predictor.ts';
import { estimateDiameter } from './diameter.ts';
import { resampledSize, resamplePlane, restoreMaps, type Size } from './resample.ts';

/** At what resolution planes are predicted, and why. */
export interface Scale {
  /** Pixels that the model gets, over those of the image: planes are reduced above 1 and enlarged below. */
  factor: number;
  /** Of the objects, px of the image; absent where it made no difference. */
  diameterPx?: number;
  from: 'model' | 'option' | 'pixel size' | 'estimate';
  /** The objects are so narrow that planes would be enlarged further, were they not so large. */
  isLimited?: true;
  /** The pixel size lets expect usual objects that are not wide, or not narrow, and such were not looked for. */
  isPartlySought?: true;
}

/** What a plane's scale is chosen from. */
export interface ScaleClues {
  /** Median diameter as the user gave it, px. */
  diameter: number | undefined;
  /** The factor itself, as the user gave it. */
  factor?: number | undefined;
  pixelSize: PixelSize | undefined;
  /** Of the planes, px. */
  size: Size;
  /** The planes to look at, where it takes a look. */
  look(): Promise<Plane[]>;
}

/** Pixels of an enlarged plane at most: what the model needs for it fits beside all else into the smallest function. */
const mostPixels = 16 << 20;

/**
 * The scale of one image: the factor or by the diameter that the user gave; else 1 where the pixel size makes usual objects
 * neither wide nor narrow; else by an estimate. Throws `modelUnscaled` for a diameter that this model has no use for.
 */
export async function chooseScale(
  settings: ScaleSettings | undefined,
  { diameter, factor, pixelSize, size, look }: ScaleClues,
  engine: Predictor & Segmenter,
  signal?: AbortSignal,
): Promise<Scale> {
  if (factor !== undefined) return { factor, from: 'option' };
  if (settings === undefined) {
    if (diameter !== undefined) throw new Failure('modelUnscaled', { model: engine.model.name });
    return { factor: 1, from: 'model' };
  }
  if (diameter !== undefined) return scaleFor(diameter, settings, { size, from: 'option' });
  const { micrometres, widest, narrowest = 0 } = settings;
  const usual = pixelSize && micrometres && micrometres / Math.sqrt(pixelSize.x * pixelSize.y);
  const sought = {
    wide: usual === undefined || usual > widest / 2,
    narrow: narrowest > 0 && (usual === undefined || usual < 2 * narrowest),
  };
  if (!sought.wide && !sought.narrow) return { factor: 1, from: 'pixel size' };
  const estimated = await estimateDiameter(await look(), settings, sought, engine, signal);
  const isWhole = sought.wide && (sought.narrow || narrowest === 0);
  const scale =
    estimated === undefined
      ? ({ factor: 1, from: 'estimate' } as const)
      : scaleFor(estimated, settings, { size, from: 'estimate' });
  return { ...scale, ...(!isWhole && { isPartlySought: true }) };
}

/** The factor for a diameter that enlarges no plane beyond `mostPixels`. */
export function scaleFor(
  diameterPx: number,
  settings: ScaleSettings,
  { size, from }: { size: Size; from: 'option' | 'estimate' },
): Scale {
  const wanted = factorFor(diameterPx, settings);
  const least = 1 / Math.max(1, Math.floor(20 * Math.sqrt(mostPixels / (size.height * size.width))) / 20);
  return { factor: Math.max(wanted, Math.min(1, least)), diameterPx, from, ...(wanted < least && { isLimited: true }) };
}

/** For the user, where planes are enlarged or would have to be: small objects take more time, or are missed. */
export function scaleNote({ factor, diameterPx, from, isLimited }: Scale): string | undefined {
  if (diameterPx === undefined || (factor >= 1 && !isLimited)) return undefined;
  const objects = `objects about ${Number(diameterPx.toPrecision(2))} px wide (${from === 'option' ? 'as given' : 'estimated'})`;
  const times = Number((1 / factor).toFixed(2));
  if (!isLimited) return `${objects}: planes enlarged ${times} times for the model`;
  const done = factor < 1 ? `enlarged only ${times} times` : 'not enlarged';
  return `${objects}: planes too large to be enlarged enough for the model (${done}): objects may be missed or joined`;
}

/**
 * 1 from the narrowest to the widest, and beyond them nearer and nearer to what makes the diameter the model's: nearly equal
 * diameters have nearly equal factors, so that copies of one image, whose estimates differ a little, give nearly equal
 * objects. Steps of a twentieth, of the factor or of what it enlarges by.
 */
export function factorFor(
  diameter: number,
  { diameter: best, widest, narrowest = 0, enlarged = 1 }: ScaleSettings,
): number {
  if (diameter > widest) return Math.min(mostReduced, stepped(Math.min(diameter / best, (diameter / widest) ** 2)));
  if (diameter < narrowest) return 1 / stepped(Math.min(enlarged, best / diameter, (narrowest / diameter) ** 2));
  return 1;
}

const stepped = (factor: number): number => Math.max(1, Math.round(20 * factor) / 20);

/** The planes at the scale, to be predicted. */
export const scaled = (planes: readonly Plane[], { factor }: Scale): Promise<Plane[]> =>
  factor === 1 ? Promise.resolve([...planes]) : Promise.all(planes.map((plane) => resamplePlane(plane, factor)));

/** Size of the planes at the scale. */
export const scaledSize = (size: Size, { factor }: Scale): Size => resampledSize(size, factor);

/** Maps of planes at the scale at the size of the image. */
export const restored = (maps: Maps, { factor }: Scale, size: Size): Promise<Maps> =>
  factor === 1 || maps.grid !== undefined ? Promise.resolve(maps) : restoreMaps(maps, factor, size);
