import { giveWay } from '../../async/give-way.ts';
import type { Plane } from '../../image/image.ts';
import type { ForegroundMap } from '../../model/package/foreground-map.ts';
import type { Range } from '../../model/package/value-range.ts';
import type { Maps } from '../../ports/predictor.ts';

/** The least byte that is at or above the threshold. */
const atThreshold = 128;
const rowsAtOnce = 64;

/**
 * How near each pixel of a plane is to the threshold that is used: rows x columns, a byte each; 0 as far below as can be, 127
 * just below, 128 at it, 255 as far above as can be. So that maps of all models look alike to the page, whatever their units.
 * `threshold`: as the user chose it; undefined: the model's. A map of fewer samples than the plane has pixels gives the nearest.
 */
export async function foregroundPlane(
  { data, height: rows, width: columns }: Maps,
  map: ForegroundMap,
  threshold: number | undefined,
  { height, width }: { height: number; width: number },
): Promise<Plane> {
  const values = data[map.index]!;
  const write = writerFor(threshold ?? map.threshold, map.range);
  const bytes = new Uint8ClampedArray(height * width);
  const isWhole = rows === height && columns === width;
  const spread = new Float32Array(isWhole ? 0 : width);
  for (let y = 0; y < height; y++) {
    if (y % rowsAtOnce === 0) await giveWay();
    const from = Math.floor((y * rows) / height) * columns;
    const row = values.subarray(from, from + columns);
    if (!isWhole) for (let x = 0; x < width; x++) spread[x] = row[Math.floor((x * columns) / width)]!;
    write(isWhole ? row : spread, bytes.subarray(y * width, (y + 1) * width));
  }
  return { height, width, samples: 1, type: 'uint8', data: new Uint8Array(bytes.buffer) };
}

/** Writes the bytes of a row of values: the array rounds, ends at 0 and 255, and has 0 for what is no number. */
type RowWriter = (values: Float32Array, bytes: Uint8ClampedArray) => void;

/** Straight from the end of the range to the threshold on each side; of a map without one, as of a logit. */
function writerFor(threshold: number, range: Range | undefined): RowWriter {
  if (range !== undefined) return straight(threshold, range);
  return threshold > 0 && threshold < 1 ? straight(threshold, [0, 1]) : logistic(threshold);
}

function straight(threshold: number, [least, most]: Range): RowWriter {
  const below = (atThreshold - 1) / (threshold - least || 1);
  const above = (255 - atThreshold) / (most - threshold || 1);
  return (values, bytes) => {
    for (let x = 0; x < values.length; x++) {
      const value = values[x]!;
      bytes[x] = value >= threshold ? atThreshold + (value - threshold) * above : (value - least) * below;
    }
  };
}

const logistic =
  (threshold: number): RowWriter =>
  (values, bytes) => {
    for (let x = 0; x < values.length; x++) {
      const share = 2 / (1 + Math.exp(threshold - values[x]!)); // 1 at the threshold
      bytes[x] = share >= 1 ? atThreshold + (share - 1) * (255 - atThreshold) : share * (atThreshold - 1);
    }
  };
