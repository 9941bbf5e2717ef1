/** Where the pixels of the mask are after following the flows. */
export interface Followed {
  /** Pixels of the mask, in raster order. */
  pixels: Uint32Array;
  /** Row and column in which each ends, whole pixels. */
  y: Uint16Array | Uint32Array;
  x: Uint16Array | Uint32Array;
}

/** Flows of a plane, rows x columns each, in the network's units: five times as long as a step. */
export interface Flows {
  height: number;
  width: number;
  y: Float32Array;
  x: Float32Array;
}

/** The network is trained on unit vectors times five (Stringer et al. 2021, cellpose.core). */
const flowScale = 5;

/**
 * Moves each pixel whose probability is above the threshold `steps` times by the bilinearly interpolated flow under it.
 * Rounds where the reference does, so that positions are equal to the last bit: positions and steps to float32,
 * interpolation in double. Source: Stringer, Wang, Michaelos and Pachitariu, Nature Methods 18, 100 (2021); equal to
 * cellpose 3.1 on a CPU (dynamics.follow_flows).
 */
export function followFlows(flows: Flows, probability: Float32Array, threshold: number, steps: number): Followed {
  const { height, width } = flows;
  const pixels = pixelsAbove(probability, threshold);
  const field = maskedField(flows, pixels);
  const y = new Uint32Array(pixels.length);
  const x = new Uint32Array(pixels.length);
  const end = new Float32Array(2);
  for (let i = 0; i < pixels.length; i++) {
    const row = Math.floor(pixels[i]! / width);
    end[0] = row;
    end[1] = pixels[i]! - row * width;
    follow({ field, height, width }, steps, end);
    y[i] = end[0];
    x[i] = end[1];
  }
  return { pixels, y, x };
}

function pixelsAbove(map: Float32Array, threshold: number): Uint32Array {
  let count = 0;
  for (let i = 0; i < map.length; i++) if (map[i]! > threshold) count++;
  const pixels = new Uint32Array(count);
  for (let i = 0, at = 0; i < map.length; i++) if (map[i]! > threshold) pixels[at++] = i;
  return pixels;
}

/** Step along y and x of each pixel, side by side: 0 outside the mask. */
interface Field {
  field: Float32Array;
  height: number;
  width: number;
}

function maskedField({ y, x }: Flows, pixels: Uint32Array): Float32Array {
  const field = new Float32Array(2 * y.length);
  for (let i = 0; i < pixels.length; i++) {
    const at = pixels[i]!;
    field[2 * at] = y[at]! / flowScale;
    field[2 * at + 1] = x[at]! / flowScale;
  }
  return field;
}

/**
 * One pixel's way, in place. Most come to rest or go round a small circle after a few dozen steps: once a position comes
 * back (Brent 1980), whole rounds of what is left are skipped.
 */
function follow({ field, height, width }: Field, steps: number, at: Float32Array): void {
  const [bottom, right] = [height - 1, width - 1];
  let py = at[0]!;
  let px = at[1]!;
  let [seenY, seenX] = [py, px];
  let [round, power] = [0, 1];
  for (let left = steps; left > 0; ) {
    const top = Math.floor(py);
    const first = Math.floor(px);
    const [fy, fx] = [py - top, px - first];
    const above = 2 * (top * width + first);
    const across = first < right ? 2 : 0;
    const below = top < bottom ? above + 2 * width : above;
    const gy = 1 - fy;
    const gx = 1 - fx;
    const dy = Math.fround(
      field[above]! * gy * gx +
        field[above + across]! * gy * fx +
        field[below]! * fy * gx +
        field[below + across]! * fy * fx,
    );
    const dx = Math.fround(
      field[above + 1]! * gy * gx +
        field[above + across + 1]! * gy * fx +
        field[below + 1]! * fy * gx +
        field[below + across + 1]! * fy * fx,
    );
    py = Math.min(bottom, Math.max(0, Math.fround(py + dy)));
    px = Math.min(right, Math.max(0, Math.fround(px + dx)));
    left--;
    round++;
    if (py === seenY && px === seenX) {
      left %= round;
      round = 0;
      power = steps; // what is left is less than a round
    } else if (round === power) {
      seenY = py;
      seenX = px;
      power *= 2;
      round = 0;
    }
  }
  at[0] = py;
  at[1] = px;
}
