import type { SampleArray } from './image.ts';
import { encodePng } from './png.ts';

/** Longest side of a preview, pixels. */
const previewSide = 1024;

/** Orange of the Okabe-Ito palette, brightened: stands out from every grey, for colour-blind readers too. */
const outlineColour = [255, 160, 0] as const;

/** Share of pixels that may be black or white: the usual display range of fluorescence images. */
const darkest = 0.01;
const brightest = 0.998;

/**
 * PNG of a plane in grey, contrast stretched between percentiles 1 and 99.8, with the outlines of its objects. Large
 * planes are reduced by a whole factor, each pixel the mean of its block.
 */
export async function drawPreview(
  plane: { height: number; width: number; data: SampleArray },
  labels: Uint32Array,
): Promise<Uint8Array> {
  const factor = Math.ceil(Math.max(plane.height, plane.width, 1) / previewSide);
  const width = Math.ceil(plane.width / factor);
  const height = Math.ceil(plane.height / factor);
  const grey = reduce(plane, factor, height, width);
  const { low, high } = displayRange(grey);
  const scale = high > low ? 255 / (high - low) : 0;
  const outline = outlines(labels, plane, factor, height, width);
  const data = new Uint8Array(3 * width * height);
  const [red, green, blue] = outlineColour;
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    if (outline[i]) {
      data[at] = red;
      data[at + 1] = green;
      data[at + 2] = blue;
    } else {
      const shade = Math.max(0, Math.min(255, Math.round((grey[i]! - low) * scale)));
      data[at] = data[at + 1] = data[at + 2] = shade;
    }
  }
  const image = { height, width, samples: 3, type: 'uint8' as const, data };
  return encodePng(image, { level: 3 });
}

/** Means of blocks of factor x factor pixels; the last row and column of blocks may be smaller. NaN where nothing is finite. */
function reduce(
  plane: { height: number; width: number; data: SampleArray },
  factor: number,
  height: number,
  width: number,
): Float64Array {
  const { data } = plane;
  const samples =
    data instanceof BigUint64Array || data instanceof BigInt64Array ? Float64Array.from(data, Number) : data;
  const out = new Float64Array(width * height);
  const sums = new Float64Array(width);
  const counts = new Uint32Array(width);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    counts.fill(0);
    const lastY = Math.min(plane.height, (row + 1) * factor);
    for (let y = row * factor; y < lastY; y++) {
      let i = y * plane.width;
      for (let column = 0; column < width; column++) {
        const last = y * plane.width + Math.min(plane.width, (column + 1) * factor);
        let sum = 0;
        for (; i < last; i++) {
          const value = samples[i]!;
          if (value - value !== 0) continue;
          sum += value;
          counts[column]!++;
        }
        sums[column]! += sum;
      }
    }
    for (let column = 0; column < width; column++) out[row * width + column] = sums[column]! / counts[column]!;
  }
  return out;
}

/** Percentiles from 4096 bins between the extremes, then once more within the bins found: fine enough for a screen. */
function displayRange(grey: Float64Array): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < grey.length; i++) {
    const value = grey[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return { low: 0, high: 0 };
  return { low: quantile(grey, low, high, darkest), high: quantile(grey, low, high, brightest) };
}

function quantile(grey: Float64Array, low: number, high: number, share: number): number {
  const bins = new Uint32Array(4096);
  const scale = (bins.length - 1) / (high - low);
  let total = 0;
  for (let i = 0; i < grey.length; i++) {
    const value = grey[i]!;
    if (Number.isNaN(value)) continue;
    bins[Math.round((value - low) * scale)]!++;
    total++;
  }
  let below = 0;
  for (let bin = 0; bin < bins.length; bin++) {
    below += bins[bin]!;
    if (below >= share * total) return low + bin / scale;
  }
  return high;
}

/** Marks the object pixels that border on something else; of each block its middle pixel speaks. */
function outlines(
  labels: Uint32Array,
  plane: { height: number; width: number },
  factor: number,
  height: number,
  width: number,
): Uint8Array {
  const small = new Uint32Array(width * height);
  const middle = Math.floor(factor / 2);
  for (let row = 0; row < height; row++) {
    const y = Math.min(plane.height - 1, row * factor + middle);
    for (let column = 0; column < width; column++)
      small[row * width + column] = labels[y * plane.width + Math.min(plane.width - 1, column * factor + middle)]!;
  }
  const out = new Uint8Array(small.length);
  for (let row = 0, i = 0; row < height; row++)
    for (let column = 0; column < width; column++, i++) {
      const label = small[i]!;
      if (label === 0) continue;
      const inner =
        (row === 0 || small[i - width] === label) &&
        (row === height - 1 || small[i + width] === label) &&
        (column === 0 || small[i - 1] === label) &&
        (column === width - 1 || small[i + 1] === label);
      out[i] = inner ? 0 : 1;
    }
  return out;
}
