import type { ScaleSettings } from '../../model/package/settings.ts';
import type { Size } from './resample.ts';
import { type Scale, scaleFor } from './scale.ts';

/** Objects of a plane, and the median of their diameters by area, px. */
export interface FoundObjects {
  count: number;
  diameterPx: number;
}

/** Fewer objects say too little. */
const leastFound = 5;
/** Between the factor that was taken and that of what was found. */
const leastTimes = 1.8;

/**
 * A note for objects that are other than the user's diameter, the user's factor or the pixel size let expect: for their width
 * the planes would have been brought to another scale. It takes the objects that were found, and no further prediction.
 * Undefined where the scale is an estimate for which wide and narrow ones were sought: that is tried already.
 */
export function scaleMisfit(
  { factor, diameterPx: expected, from, isPartlySought, isLimited }: Scale,
  { count, diameterPx }: FoundObjects,
  settings: ScaleSettings | undefined,
  size: Size,
): string | undefined {
  const isTried = from === 'estimate' && isPartlySought !== true;
  if (settings === undefined || isTried || isLimited === true || count < leastFound) return undefined;
  const wanted = scaleFor(diameterPx, settings, { size, from: 'estimate' }).factor;
  if (Math.max(wanted / factor, factor / wanted) < leastTimes) return undefined;
  const width = Number(diameterPx.toPrecision(2));
  const asGiven =
    expected === undefined ? 'the scale is for others' : `not ${Number(expected.toPrecision(2))} as given`;
  const other = from === 'option' ? asGiven : 'not as its pixel size lets expect';
  return `it looks unlike what this model knows at this scale: objects look about ${width} px wide, ${other}; try --diameter ${width}`;
}
