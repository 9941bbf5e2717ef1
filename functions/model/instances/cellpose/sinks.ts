import type { Followed } from './follow-flows.ts';

/** Pixels around the plane, so that windows around its edge need no bounds check. */
const margin = 20;
/** A sink is the highest of so many pixels to each side ... */
const peakReach = 2;
/** ... in which more than so many pixels end. */
const leastEnds = 10;
/** It takes in what is connected to it within so many pixels, where more than `leastJoined` end. */
const reach = 5;
const leastJoined = 2;

/** Groups of pixels by the sink in which they end: numbers from 1, 0 for none. */
export interface Sinks {
  /** One a pixel of the mask. */
  group: Uint32Array;
  count: number;
}

/**
 * Pixels that end in one peak of the histogram of ends are one object. Where the surroundings of two peaks overlap the one
 * with more ends has them, of equal ones the later in raster order. Source: Stringer et al. 2021; numbers of cellpose 3.1
 * (dynamics.get_masks_torch).
 */
export function groupBySinks({ y, x }: Followed, height: number, width: number): Sinks {
  const rows = height + 2 * margin;
  const stride = width + 2 * margin;
  const ends = new Uint32Array(rows * stride);
  const at = (i: number): number => (y[i]! + margin) * stride + x[i]! + margin;
  for (let i = 0; i < y.length; i++) ends[at(i)]!++;
  const peaks = findPeaks(ends, rows, stride);
  const painted = new Uint32Array(rows * stride);
  const grown = windowGrower(ends, stride);
  peaks.forEach((peak, k) => {
    for (const pixel of grown(peak)) painted[pixel] = k + 1;
  });
  return { group: Uint32Array.from(y, (_, i) => painted[at(i)]!), count: peaks.length };
}

/** By rising number of ends; the sort is stable. */
function findPeaks(ends: Uint32Array, rows: number, stride: number): number[] {
  const peaks: number[] = [];
  for (let row = margin; row < rows - margin; row++)
    for (let i = row * stride + margin; i < (row + 1) * stride - margin; i++)
      if (ends[i]! > leastEnds && isHighest(ends, i, stride)) peaks.push(i);
  return peaks.sort((a, b) => ends[a]! - ends[b]!);
}

function isHighest(ends: Uint32Array, at: number, stride: number): boolean {
  const height = ends[at]!;
  for (let dy = -peakReach; dy <= peakReach; dy++)
    for (let i = at + dy * stride - peakReach; i <= at + dy * stride + peakReach; i++)
      if (ends[i]! > height) return false;
  return true;
}

/** What is 8-connected to a peak within `reach` steps over pixels in which enough end. */
function windowGrower(ends: Uint32Array, stride: number): (peak: number) => number[] {
  const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => dy * stride + dx)).filter((step) => step !== 0);
  return (peak) => {
    const taken = [peak];
    const seen = new Set(taken);
    for (let step = 0, from = 0; step < reach; step++) {
      const to = taken.length;
      for (; from < to; from++)
        for (const offset of around) {
          const next = taken[from]! + offset;
          if (ends[next]! <= leastJoined || seen.has(next)) continue;
          seen.add(next);
          taken.push(next);
        }
    }
    return taken;
  };
}
