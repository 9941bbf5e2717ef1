import { types } from 'node:util';
import type { Plane, SampleArray, SampleType } from '../../image/image.ts';
import type { PixelSource } from './statistics.ts';

/** Samples in memory that all threads see. */
export interface SharedPlane {
  height: number;
  width: number;
  type: SampleType;
  data: SampleArray;
}

const copies = new WeakMap<SampleArray, SampleArray>();

/** The plane on shared memory: itself where it is already, else a copy that lives as long as the plane does. */
export function sharePlane({ height, width, type, data }: Plane): SharedPlane {
  if (types.isSharedArrayBuffer(data.buffer)) return { height, width, type, data };
  let copy = copies.get(data);
  if (!copy) {
    const bytes = new Uint8Array(new SharedArrayBuffer(data.byteLength));
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const View = data.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => SampleArray;
    copy = new View(bytes.buffer, 0, data.length);
    copies.set(data, copy);
  }
  return { height, width, type, data: copy };
}

/** How many samples of a plane are not finite, and what stands for them. */
export interface FiniteFill {
  count: number;
  fill: number;
}

const isFloat = (type: SampleType): boolean => type.startsWith('float');

/**
 * What to read in place of NaN and infinities (also of float64 beyond float32): the smallest finite sample, 0 where there
 * is none. Such pixels are margins that stitching or masking left; the darkest value keeps them background.
 */
export function finiteFill({ type, data }: SharedPlane): FiniteFill {
  if (!isFloat(type)) return { count: 0, fill: 0 };
  const values = data as Float32Array;
  let count = 0;
  let least = Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = Math.fround(values[i]!);
    if (value - value !== 0) count++;
    else if (value < least) least = value;
  }
  return { count, fill: least === Infinity ? 0 : least };
}

/** Planes of one size as float32 channels. Samples round to float32 first, as the models' own pipelines do. */
export function pixelSource(planes: readonly SharedPlane[], fills: readonly FiniteFill[]): PixelSource {
  const { height, width } = planes[0]!;
  return {
    channels: planes.length,
    pixels: height * width,
    read(channel, start, length, out) {
      const data = planes[channel]!.data;
      if (data instanceof BigUint64Array || data instanceof BigInt64Array) {
        for (let i = 0; i < length; i++) out[i] = Number(data[start + i]);
        return;
      }
      out.set(data.subarray(start, start + length));
      const { count, fill } = fills[channel]!;
      if (count === 0) return;
      for (let i = 0; i < length; i++) {
        const value = out[i]!;
        if (value - value !== 0) out[i] = fill;
      }
    },
    histogram(channel) {
      const { data } = planes[channel]!;
      if (!(data instanceof Uint8Array || data instanceof Uint16Array)) return undefined;
      const counts = new Uint32Array(data instanceof Uint8Array ? 256 : 65536);
      for (let i = 0; i < data.length; i++) counts[data[i]!]!++;
      return counts;
    },
  };
}

/** Float maps as a source: what postprocessing takes its statistics of. */
export const mapSource = (maps: readonly Float32Array[]): PixelSource => ({
  channels: maps.length,
  pixels: maps[0]!.length,
  read: (channel, start, length, out) => out.set(maps[channel]!.subarray(start, start + length)),
});

/** Position in [0, length) that a position outside mirrors to, the edge itself not repeated (numpy's `reflect`). */
function mirror(at: number, length: number): number {
  if (at >= 0 && at < length) return at;
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((at % period) + period) % period;
  return within < length ? within : period - within;
}

/** Where a rectangle of a plane lies; `top` and `left` may be negative and it may run past the end. */
export interface Window {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Reads a window of one channel, row-major, mirrored at the plane's edges. */
export function readWindow(
  source: PixelSource,
  plane: { height: number; width: number },
  channel: number,
  window: Window,
  out: Float32Array,
): void {
  const { top, left, height, width } = window;
  const inside = Math.max(0, Math.min(width, plane.width - left));
  const first = Math.min(inside, Math.max(0, -left));
  const lone = new Float32Array(1);
  for (let row = 0; row < height; row++) {
    const base = mirror(top + row, plane.height) * plane.width;
    const line = out.subarray(row * width, (row + 1) * width);
    if (inside > first) source.read(channel, base + left + first, inside - first, line.subarray(first, inside));
    for (let column = 0; column < width; column++) {
      if (column === first && inside > first) column = inside;
      if (column >= width) break;
      const at = mirror(left + column, plane.width);
      const known = at - left;
      if (known >= first && known < inside) line[column] = line[known]!;
      else {
        source.read(channel, base + at, 1, lone);
        line[column] = lone[0]!;
      }
    }
  }
}
