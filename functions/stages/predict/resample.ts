import { setImmediate } from 'node:timers/promises';
import type { Plane } from '../../image/image.ts';
import type { Maps } from '../../ports/predictor.ts';

export interface Size {
  height: number;
  width: number;
}

/** Pixels after which other work of the thread gets its turn. */
const atOnce = 4 << 20;

/**
 * Size of planes of this size whose pixels become `factor` times as wide, 1 or less than 1 for smaller pixels; a last row
 * and column that are not whole count too.
 */
export const resampledSize = ({ height, width }: Size, factor: number): Size => ({
  height: Math.ceil(height / factor - tolerance),
  width: Math.ceil(width / factor - tolerance),
});
/** 30 / (1 / 1.1) is a little more than 33. */
const tolerance = 1e-6;

/**
 * A plane of one sample a pixel with pixels `factor` times as wide: where they are wider, each the mean of the finite
 * samples it covers, by area, NaN where there is none; where they are narrower, linear between the middles of the samples.
 * Float32, on shared memory.
 */
export async function resamplePlane(plane: Plane, factor: number): Promise<Plane> {
  const size = resampledSize(plane, factor);
  const data = await (factor < 1 ? interpolated(plane, 1 / factor, size) : averaged(plane, factor, size));
  return { ...size, samples: 1, type: 'float32', data };
}

/** Maps of a plane that was resampled by the factor, at the size of the original. */
export async function restoreMaps(maps: Maps, factor: number, { height, width }: Size): Promise<Maps> {
  const data: Float32Array[] = [];
  for (const map of maps.data) {
    const own = { height: maps.height, width: maps.width, data: map };
    data.push(
      await (factor < 1 ? averaged(own, 1 / factor, { height, width }) : interpolated(own, factor, { height, width })),
    );
  }
  return { height, width, names: maps.names, data };
}

type Samples = Size & Pick<Plane, 'data'>;

const sharedFloats = (length: number): Float32Array<SharedArrayBuffer> =>
  new Float32Array(new SharedArrayBuffer(4 * length));

/** Means over areas of factor x factor samples, a factor of 1 or more; those beyond the plane's edge are smaller. */
async function averaged(from: Samples, factor: number, { height, width }: Size): Promise<Float32Array> {
  const out = sharedFloats(height * width);
  const sums = new Float64Array(width + 1);
  const weights = new Float64Array(width + 1);
  const columns = shares(from.width, factor, width);
  const into = { sums, weights };
  for (let row = 0, done = 0; row < height; row++, done += from.width * factor) {
    if (done >= atOnce) {
      await setImmediate();
      done = 0;
    }
    sums.fill(0);
    weights.fill(0);
    const [top, bottom] = [row * factor, Math.min(from.height, (row + 1) * factor)];
    for (let y = Math.floor(top); y < bottom - tolerance; y++) {
      const part = Math.min(bottom, y + 1) - Math.max(top, y);
      if (part > tolerance) addRow(from, { y, part: part > 1 - tolerance ? 1 : part }, columns, into);
    }
    for (let x = 0; x < width; x++) out[row * width + x] = sums[x]! / weights[x]!;
  }
  return out;
}

/** Of each sample of a row the area it lies in, and how much of the sample; what is left lies in the next one. */
interface Shares {
  area: Uint32Array;
  share: Float64Array;
}

function shares(length: number, factor: number, areas: number): Shares {
  const area = new Uint32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const own = Math.min(areas, Math.floor(i / factor + tolerance));
    area[i] = own;
    share[i] = Math.min(1, (own + 1) * factor - i);
    if (share[i]! > 1 - tolerance) share[i] = 1;
  }
  return { area, share };
}

function addRow(
  { width, data }: Samples,
  { y, part }: { y: number; part: number },
  { area, share }: Shares,
  { sums, weights }: { sums: Float64Array; weights: Float64Array },
): void {
  for (let i = 0, at = y * width; i < width; i++, at++) {
    const value = Number(data[at]);
    if (value - value !== 0) continue;
    const own = area[i]!;
    const weight = share[i]! * part;
    sums[own]! += value * weight;
    weights[own]! += weight;
    if (share[i] === 1) continue;
    const rest = part - weight;
    sums[own + 1]! += value * rest;
    weights[own + 1]! += rest;
  }
}

/** Linear between the middles of samples, `times` as many a side; flat beyond the outermost. */
async function interpolated(from: Samples, times: number, { height, width }: Size): Promise<Float32Array> {
  const out = sharedFloats(height * width);
  const columns = between(width, times, from.width);
  const rows = between(height, times, from.height);
  const { data } = from;
  for (let y = 0, done = 0; y < height; y++, done += width) {
    if (done >= atOnce) {
      await setImmediate();
      done = 0;
    }
    const above = rows.low[y]! * from.width;
    const below = rows.high[y]! * from.width;
    const down = rows.share[y]!;
    for (let x = 0; x < width; x++) {
      const [left, right, along] = [columns.low[x]!, columns.high[x]!, columns.share[x]!];
      const first = Number(data[above + left]);
      const second = Number(data[below + left]);
      const upper = first + (Number(data[above + right]) - first) * along;
      const lower = second + (Number(data[below + right]) - second) * along;
      out[y * width + x] = upper + (lower - upper) * down;
    }
  }
  return out;
}

/** For each position of the longer axis the two of the shorter one around it, and how far it is from the first to the second. */
function between(length: number, times: number, shorter: number) {
  const low = new Uint32Array(length);
  const high = new Uint32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = Math.min(shorter - 1, Math.max(0, (i + 0.5) / times - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(shorter - 1, low[i]! + 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
}
