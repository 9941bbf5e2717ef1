import { otsuHistogram } from '../../../functions/core/otsu.ts';
import type { RegionImage } from '../../../functions/image/tiff/regions.ts';
import { fillHoles, maskOf } from '../correct/grow-in-map.ts';
import { connectedFrom, runsOf } from '../correct/shapes.ts';
import type { Grown } from '../messages.ts';
import { readAtLevel } from './tile-reader.ts';

/** Pixels around the point that are looked at, each way. */
const reach = 128;
/** An object that fills more of what is looked at is the ground. */
const mostShare = 0.6;

/**
 * Pixels around a point that are on its side of a threshold: Otsu's of its surroundings, moved by `level` (-1 to 1) towards
 * their darkest or brightest. Connected by their sides, with what lies inside of them. Runs; none where that is no object.
 */
export async function growAt(image: RegionImage, { plane, source, point, level }: Grown): Promise<number[]> {
  const { width, height } = image.info;
  const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
  if (x < 0 || y < 0 || x >= width || y >= height) return [];
  const box = {
    left: Math.max(0, x - reach),
    top: Math.max(0, y - reach),
    right: Math.min(width - 1, x + reach),
    bottom: Math.min(height - 1, y + reach),
  };
  const size = { width: box.right - box.left + 1, height: box.bottom - box.top + 1 };
  const { data } = await readAtLevel(
    image,
    { plane, source, level: 0 },
    { left: box.left, top: box.top, ...size },
    false,
  );
  const threshold = thresholdOf(data, level);
  if (threshold === undefined) return [];
  const start = (y - box.top) * size.width + x - box.left;
  const isBright = data[start]! > threshold;
  const found = connectedFrom(box, [start], (index) => data[index]! > threshold === isBright);
  if (found.length > mostShare * size.width * size.height) return [];
  const mask = maskOf(box, found);
  fillHoles(mask);
  return runsOf(mask);
}

function thresholdOf(samples: ArrayLike<number>, level: number): number | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most > least)) return undefined;
  const histogram = otsuHistogram(least, most);
  for (let i = 0; i < samples.length; i++) if (Number.isFinite(samples[i])) histogram.add(samples[i]!);
  const middle = histogram.threshold()!;
  return middle + level * (level > 0 ? most - middle : middle - least);
}
