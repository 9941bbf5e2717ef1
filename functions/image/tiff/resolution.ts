import { pixelSizeOf } from './arrangement.ts';
import type { Fields } from './fields.ts';
import { checkedPixelSize, type FoundSize } from './pixel-size.ts';
import { tag } from './tags.ts';
import { converted } from './units.ts';

export interface Resolution extends FoundSize {
  /** Pixels per unit, whatever the unit. */
  x?: number;
  y?: number;
}

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
  if (x === undefined || y === undefined) return found;
  if (micrometres === undefined)
    return { ...found, noPixelSize: `resolution tags: ${x} x ${y} pixels per unit, and no unit` };
  const pixelSize = pixelSizeOf(converted(micrometres / x), converted(micrometres / y), undefined);
  return pixelSize === undefined ? found : { ...found, ...checkedPixelSize(pixelSize, 'resolution tags', true) };
}
