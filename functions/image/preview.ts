import { blockMeans, blockMiddles } from './blocks.ts';
import type { SampleArray } from './image.ts';
import { brightest, darkest, outlineColour } from './picture-style.ts';
import { encodePng } from './png.ts';

/** Longest side of a preview, pixels. */
const previewSide = 1024;

/** By which whole factor a plane is reduced for its preview. */
export const previewFactor = ({ height, width }: { height: number; width: number }): number =>
  Math.ceil(Math.max(height, width, 1) / previewSide);

/**
 * PNG of a plane in grey, contrast stretched between percentiles 1 and 99.8, with the outlines of its objects. Large
 * planes are reduced by a whole factor, each pixel the mean of its block.
 */
export async function drawPreview(
  plane: { height: number; width: number; data: SampleArray },
  labels: Uint32Array,
): Promise<Uint8Array> {
  const factor = previewFactor(plane);
  const { width, height, data: grey } = blockMeans({ ...plane, data: numbers(plane.data) }, factor, Float64Array);
  const { low, high } = displayRange(grey);
  const scale = high > low ? 255 / (high - low) : 0;
  const outline = outlines(blockMiddles({ ...plane, data: labels }, factor));
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

/** Whole numbers of 64 bits become the nearest number that there is. */
const numbers = (data: SampleArray) =>
  data instanceof BigUint64Array || data instanceof BigInt64Array ? Float64Array.from(data, Number) : data;

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

/** Marks the object pixels that border on something else. */
function outlines({ width, height, data: small }: ReturnType<typeof blockMiddles>): Uint8Array {
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
