import type { PixelSize } from '../image.ts';
import { pixelSizeOf } from './arrangement.ts';
import type { Fields } from './layout.ts';
import { tag } from './tags.ts';
import { converted } from './units.ts';

export interface Resolution {
  /** Pixels per unit, whatever the unit. */
  x?: number;
  y?: number;
  /** From the tags alone. */
  pixelSize?: PixelSize;
}

/** Dots per inch that programs write for paper and screens; as a microscope's pixel (10 to 350 µm) they mean nothing. */
const printDensities = [72, 75, 96, 100, 120, 144, 150, 180, 200, 240, 266, 300, 350, 360, 400, 600, 720, 1200, 2400];

const isPrintDensity = (dotsPerInch: number): boolean =>
  printDensities.some((density) => Math.abs(dotsPerInch / density - 1) < 2e-4);

/** Reads XResolution, YResolution and ResolutionUnit. Source: TIFF 6.0 section 8; without a unit they are a ratio only. */
export async function readResolution(fields: Fields): Promise<Resolution> {
  const one = async (number: number) => {
    const value = (await fields.list(number))?.[0];
    return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const x = await one(tag.xResolution);
  const y = await one(tag.yResolution);
  const unit = await fields.whole(tag.resolutionUnit, 2);
  const micrometres = unit === 2 ? 25_400 : unit === 3 ? 10_000 : undefined;
  const found = { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
  if (micrometres === undefined || x === undefined || y === undefined) return found;
  if (isPrintDensity((x / micrometres) * 25_400) && isPrintDensity((y / micrometres) * 25_400)) return found;
  const pixelSize = pixelSizeOf(converted(micrometres / x), converted(micrometres / y), undefined);
  return pixelSize === undefined ? found : { ...found, pixelSize };
}
