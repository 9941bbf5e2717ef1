import { type Heights, paddedIndex } from './heights.ts';
import { components, find, type Runs } from './runs.ts';

/** When two basins that meet stay two objects: height of the lower peak and of the pixel where they meet. */
export type StayApart = (lowerPeak: number, pass: number) => boolean;

export interface Basins {
  /** Basin of each pixel of the mask, from 1; on the padded rows of the heights. */
  of: Int32Array;
  /** The basin that swallowed each in the end, by basin; itself where none did. */
  roots: Int32Array;
}

/**
 * Watershed: floods the mask from its peaks downwards, 8-connected. A pixel joins its highest neighbour's basin; where
 * basins meet, `stayApart` says whether there is a border or one basin swallows the other. Heights are taken in steps of
 * `quantum` (65,535 of them, negative ones as 0); within a step the flood advances in rings, so that a flat pass is
 * shared evenly. Deterministic: ties go by raster order. After Vincent and Soille (1991), with the merging by dynamics of
 * Najman and Schmitt (1996).
 *
 * Each connected part of the mask is flooded by itself: the outcome is the same, and its pixels stay in the cache.
 * The heights' memory is used up: it holds the basins afterwards.
 */
export function flood({ data, stride }: Heights, mask: Runs, quantum: number, stayApart: StayApart): Basins {
  const of = new Int32Array(data.buffer);
  const levels = new Uint16Array(data.length);
  const { runs, parts, largest } = runsByPart(mask, stride);
  const basins = forest(stayApart, quantum);
  const counts = new Uint32Array(65537);
  const order = new Int32Array(largest);
  const queue = new Int32Array(largest);
  // Direct neighbours first: they win ties.
  const around = Int32Array.of(-stride, -1, 1, stride, -stride - 1, -stride + 1, stride - 1, stride + 1);
  /** Floods the pixels order[from .. to), which are all of one level of one part. */
  const floodLevel = (level: number, from: number, to: number): void => {
    let tail = 0;
    for (let i = from; i < to; i++) {
      const pixel = order[i]!;
      let best = 0;
      let highest = 0;
      for (let n = 0; n < 8; n++) {
        const other = pixel + around[n]!;
        if (of[other]! > 0 && levels[other]! > highest) {
          best = of[other]!;
          highest = levels[other]!;
        }
      }
      if (best === 0) continue;
      of[pixel] = -best; // negative: reached, but not to be built upon before its ring is complete
      queue[tail++] = pixel;
    }
    for (let head = 0; head < tail; ) {
      const ringEnd = tail;
      for (let i = head; i < ringEnd; i++) of[queue[i]!] = -of[queue[i]!]!;
      for (; head < ringEnd; head++) {
        const pixel = queue[head]!;
        const basin = of[pixel]!;
        for (let n = 0; n < 8; n++) {
          const other = pixel + around[n]!;
          const neighbour = of[other]!;
          if (neighbour > 0) {
            if (neighbour !== basin) basins.meet(basin, neighbour, level);
          } else if (neighbour === 0 && levels[other] === level) {
            of[other] = -basin;
            queue[tail++] = other;
          }
        }
      }
    }
    if (tail === to - from) return;
    for (let i = from; i < to; i++) {
      if (of[order[i]!] !== 0) continue;
      const basin = basins.add(level); // a peak: nothing higher touches its plateau
      of[order[i]!] = basin;
      queue[0] = order[i]!;
      for (let waiting = 1; waiting > 0; ) {
        const pixel = queue[--waiting]!;
        for (let n = 0; n < 8; n++) {
          const other = pixel + around[n]!;
          if (of[other] !== 0 || levels[other] !== level) continue;
          of[other] = basin;
          queue[waiting++] = other;
        }
      }
    }
  };

  for (let part = 0; part + 1 < parts.length; part++) {
    const own = runs.subarray(2 * parts[part]!, 2 * parts[part + 1]!);
    let lowest = 65535;
    let highest = 1;
    for (let r = 0; r < own.length; r += 2)
      for (let i = own[r]!; i < own[r + 1]!; i++) {
        const level = 1 + Math.min(65534, Math.max(0, Math.floor(data[i]! / quantum)));
        of[i] = 0; // the height is a level now
        levels[i] = level;
        counts[level + 1]!++;
        if (level < lowest) lowest = level;
        if (level > highest) highest = level;
      }
    // Counting sort: afterwards `counts[level]` is where the level ends in `order`, raster order within it.
    counts[lowest] = 0;
    for (let level = lowest + 1; level <= highest; level++) counts[level]! += counts[level - 1]!;
    for (let r = 0; r < own.length; r += 2)
      for (let i = own[r]!; i < own[r + 1]!; i++) order[counts[levels[i]!]!++] = i;
    for (let level = highest; level >= lowest; level--) {
      const from = level === lowest ? 0 : counts[level - 1]!;
      if (counts[level]! > from) floodLevel(level, from, counts[level]!);
    }
    counts.fill(0, lowest, highest + 2);
  }
  levels.buffer.transfer(0); // freed now, not at the next garbage collection
  return { of, roots: basins.roots() };
}

/** The mask's runs as pairs of padded indices [from, to), sorted by 8-connected part; part k owns pairs [parts[k], parts[k + 1]). */
function runsByPart(mask: Runs, stride: number): { runs: Uint32Array; parts: Uint32Array; largest: number } {
  const { of, count } = components(mask, true);
  const parts = new Uint32Array(count + 1);
  for (let r = 0; r < of.length; r++) parts[of[r]! + 1]!++;
  for (let part = 1; part <= count; part++) parts[part]! += parts[part - 1]!;
  const next = parts.slice();
  const area = new Float64Array(count);
  const runs = new Uint32Array(2 * of.length);
  for (let y = 0; y < mask.height; y++)
    for (let r = mask.rows[y]!; r < mask.rows[y + 1]!; r++) {
      const at = 2 * next[of[r]!]!++;
      runs[at] = paddedIndex(stride, y, mask.start[r]!);
      runs[at + 1] = paddedIndex(stride, y, mask.end[r]!);
      area[of[r]!]! += mask.end[r]! - mask.start[r]!;
    }
  return { runs, parts, largest: area.reduce((most, pixels) => Math.max(most, pixels), 0) };
}

/** Basins and which were swallowed by which. */
function forest(stayApart: StayApart, quantum: number) {
  let parent = new Int32Array(1024);
  let peak = new Uint16Array(1024);
  let count = 1;
  return {
    add(level: number): number {
      if (count === parent.length) {
        const [parents, peaks] = [new Int32Array(2 * count), new Uint16Array(2 * count)];
        parents.set(parent);
        peaks.set(peak);
        [parent, peak] = [parents, peaks];
      }
      parent[count] = count;
      peak[count] = level;
      return count++;
    },
    /** The higher peak swallows; of equal ones the older. */
    meet(a: number, b: number, level: number): void {
      const one = find(parent, a);
      const two = find(parent, b);
      if (one === two) return;
      const oneWins = peak[one]! > peak[two]! || (peak[one] === peak[two] && one < two);
      const loser = oneWins ? two : one;
      if (!stayApart((peak[loser]! - 1) * quantum, (level - 1) * quantum)) parent[loser] = oneWins ? one : two;
    },
    roots: (): Int32Array => Int32Array.from({ length: count }, (_, basin) => find(parent, basin)),
  };
}
