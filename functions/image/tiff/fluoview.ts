import {
  type Arrangement,
  type Axis,
  type AxisName,
  known,
  orderPages,
  pagesAsDepth,
  pixelSizeOf,
  planesOfAxes,
} from './arrangement.ts';
import { latin1 } from './directory.ts';
import { partialAlong } from './partial-stack.ts';
import { checkedPixelSize } from './pixel-size.ts';
import { converted, micrometresOf, secondsOf } from './units.ts';

const dimensionsAt = 284;
const dimensionBytes = 100;
const mostDimensions = 10;

const axisOf: Record<string, AxisName> = { Z: 'Z', T: 'T', TIME: 'T', CH: 'C', WAVELENGTH: 'C', XY: 'P', EVENT: 'P' };

interface Dimension {
  name: string;
  size: number;
  /** Distance of neighbours, in `unit`. */
  step: number;
  unit: string;
}

/** Dimensions of a FluoView image, fastest first. Source: tifffile, MM_HEADER (packed, in the byte order of the file). */
export function readFluoView(header: Uint8Array, little: boolean): Dimension[] {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const textAt = (at: number, length: number) =>
    latin1(header.subarray(at, at + length))
      .replace(/\0.*$/s, '')
      .trim();
  const found: Dimension[] = [];
  for (let i = 0; i < mostDimensions; i++) {
    const at = dimensionsAt + i * dimensionBytes;
    if (at + dimensionBytes > header.length) break;
    const size = view.getInt32(at + 16, little);
    if (size < 1) continue;
    found.push({
      name: textAt(at, 16).toUpperCase(),
      size,
      step: Math.abs(view.getFloat64(at + 28, little)),
      unit: textAt(at + 36, 64),
    });
  }
  return found;
}

export function arrangeFluoView(dimensions: readonly Dimension[], pages: readonly number[]): Arrangement {
  const named = (...names: string[]) => dimensions.find(({ name }) => names.includes(name));
  const length = (dimension: Dimension | undefined) => {
    const unit = dimension && micrometresOf(dimension.unit);
    return unit === undefined ? undefined : converted(unit * dimension!.step);
  };
  const size = pixelSizeOf(length(named('X')), length(named('Y')), length(named('Z')));
  const time = named('T', 'TIME');
  const second = time && secondsOf(time.unit);
  const own = {
    ...(size && checkedPixelSize(size, 'its FluoView header')),
    ...known(undefined, second === undefined ? undefined : converted(second * time!.step)),
  };
  const outer = dimensions.filter(({ name, size }) => name !== 'X' && name !== 'Y' && size > 1);
  const axes = outer
    .toReversed()
    .map(({ name, size }): Partial<Axis> & { size: number } => ({ name: axisOf[name]!, size }));
  const words = `its FluoView header says ${outer.map(({ name, size }) => `${name.toLowerCase()} ${size}`).join(' x ') || 'one plane'}`;
  const distinct = new Set(axes.map(({ name }) => name));
  const areAxes = !distinct.has(undefined) && distinct.size === axes.length;
  const part = areAxes ? partialAlong(axes as Axis[], pages, 'its FluoView header') : undefined;
  if (part !== undefined) return { by: 'FluoView', ...part, channelNames: [], ...own };
  if (!areAxes || planesOfAxes(axes as Axis[]) !== pages.length)
    return { ...pagesAsDepth('FluoView', pages, words), ...own };
  return { by: 'FluoView', ...orderPages(axes as Axis[], pages), channelNames: [], ...own };
}
