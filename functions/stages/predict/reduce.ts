import { setImmediate } from 'node:timers/promises';
import type { Plane } from '../../image/image.ts';
import type { Maps } from '../../ports/predictor.ts';

/** Pixels after which other work of the thread gets its turn. */
const atOnce = 4 << 20;

/**
 * A plane of one sample a pixel reduced by a whole factor: each pixel the mean of the finite samples of its block, NaN
 * where there is none. Blocks at the right and lower edge may be smaller. Float32, on shared memory.
 */
export async function reducePlane(plane: Plane, factor: number): Promise<Plane> {
  const [height, width] = [Math.ceil(plane.height / factor), Math.ceil(plane.width / factor)];
  const data = new Float32Array(new SharedArrayBuffer(4 * height * width));
  const sums = new Float64Array(width);
  const counts = new Float64Array(width);
  for (let row = 0, done = 0; row < height; row++, done += plane.width * factor) {
    if (done >= atOnce) {
      await setImmediate();
      done = 0;
    }
    sums.fill(0);
    counts.fill(0);
    const end = Math.min(plane.height, (row + 1) * factor);
    for (let y = row * factor; y < end; y++) addRow(plane, y, factor, sums, counts);
    for (let x = 0; x < width; x++) data[row * width + x] = sums[x]! / counts[x]!;
  }
  return { height, width, samples: 1, type: 'float32', data };
}

function addRow({ width, data }: Plane, y: number, factor: number, sums: Float64Array, counts: Float64Array): void {
  let i = y * width;
  const stop = i + width;
  for (let block = 0; i < stop; block++) {
    const end = Math.min(stop, i + factor);
    for (; i < end; i++) {
      const value = Number(data[i]);
      if (value - value !== 0) continue;
      sums[block]! += value;
      counts[block]!++;
    }
  }
}

/** Maps of a reduced plane at the size of the whole one: linear between the middles of blocks, flat beyond the outermost. */
export async function enlargeMaps(maps: Maps, factor: number, height: number, width: number): Promise<Maps> {
  const columns = weights(width, factor, maps.width);
  const rows = weights(height, factor, maps.height);
  const data: Float32Array[] = [];
  for (const small of maps.data) {
    const out = new Float32Array(new SharedArrayBuffer(4 * height * width));
    for (let y = 0, done = 0; y < height; y++, done += width) {
      if (done >= atOnce) {
        await setImmediate();
        done = 0;
      }
      const above = rows.low[y]! * maps.width;
      const below = rows.high[y]! * maps.width;
      const down = rows.share[y]!;
      for (let x = 0; x < width; x++) {
        const [left, right, along] = [columns.low[x]!, columns.high[x]!, columns.share[x]!];
        const upper = small[above + left]! + (small[above + right]! - small[above + left]!) * along;
        const lower = small[below + left]! + (small[below + right]! - small[below + left]!) * along;
        out[y * width + x] = upper + (lower - upper) * down;
      }
    }
    data.push(out);
  }
  return { height, width, names: maps.names, data, reducedBy: factor };
}

/** For each position of the whole axis the two of the reduced one around it, and how far it is from the first to the second. */
function weights(length: number, factor: number, reduced: number) {
  const low = new Uint32Array(length);
  const high = new Uint32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = Math.min(reduced - 1, Math.max(0, (i + 0.5) / factor - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(reduced - 1, low[i]! + 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
}
