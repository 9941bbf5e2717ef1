import type { Basins } from './flood.ts';
import { paddedIndex } from './heights.ts';
import { complement, components, type Runs } from './runs.ts';

/** Objects of one plane: labels 1 .. count in raster order of first pixels, 0 elsewhere. On shared memory. */
export interface Labels {
  labels: Uint32Array;
  count: number;
}

/** A plane painted with groups: numbers from 1 with gaps, in no order. */
interface Painted {
  labels: Uint32Array;
  /** One more than the highest group. */
  groups: number;
}

/** Each run gets its component. */
export function paintComponents(mask: Runs): Painted {
  const { of, count } = components(mask, true);
  const labels = shared(mask);
  const { height, width, rows, start, end } = mask;
  for (let y = 0; y < height; y++)
    for (let r = rows[y]!; r < rows[y + 1]!; r++) labels.fill(of[r]! + 1, y * width + start[r]!, y * width + end[r]!);
  return { labels, groups: count + 1 };
}

/** Each pixel gets the basin that it ended up in. */
export function paintBasins(mask: Runs, { of, roots }: Basins): Painted {
  const labels = shared(mask);
  const { height, width, rows, start, end } = mask;
  for (let y = 0; y < height; y++)
    for (let r = rows[y]!; r < rows[y + 1]!; r++) {
      const to = y * width + end[r]!;
      let from = paddedIndex(width + 2, y, start[r]!);
      for (let i = y * width + start[r]!; i < to; i++) labels[i] = roots[of[from++]!]!;
    }
  return { labels, groups: roots.length };
}

/** A page that is not isolated has no shared memory. */
const Memory = typeof SharedArrayBuffer === 'undefined' ? ArrayBuffer : SharedArrayBuffer;
const shared = ({ height, width }: Runs): Uint32Array => new Uint32Array(new Memory(4 * height * width));

/**
 * Gives each hole to the object around it: background, 4-connected, away from the plane's edge, of at most `maxHole`
 * pixels, whose direct neighbours are all of one object. A gap in a ring of several objects stays.
 */
export function fillObjectHoles(mask: Runs, { labels }: Painted, maxHole: number): void {
  const gaps = complement(mask);
  const { height, width, rows, start, end } = gaps;
  const { of, count } = components(gaps, false);
  const several = 0xffffffff;
  const owner = new Uint32Array(count);
  const area = new Float64Array(count);
  const see = (gap: number, label: number): void => {
    if (label === 0 || owner[gap] === label) return;
    owner[gap] = owner[gap] === 0 ? label : several;
  };
  for (let y = 0; y < height; y++)
    for (let r = rows[y]!; r < rows[y + 1]!; r++) {
      const gap = of[r]!;
      area[gap]! += end[r]! - start[r]!;
      if (owner[gap] === several) continue;
      if (y === 0 || y === height - 1 || start[r] === 0 || end[r] === width) {
        owner[gap] = several; // open to the edge
        continue;
      }
      const base = y * width;
      see(gap, labels[base + start[r]! - 1]!);
      see(gap, labels[base + end[r]!]!);
      for (let i = base + start[r]!; i < base + end[r]! && owner[gap] !== several; i++) {
        see(gap, labels[i - width]!);
        see(gap, labels[i + width]!);
      }
    }
  for (let y = 0; y < height; y++)
    for (let r = rows[y]!; r < rows[y + 1]!; r++) {
      const gap = of[r]!;
      if (owner[gap] === several || area[gap]! > maxHole) continue;
      labels.fill(owner[gap]!, y * width + start[r]!, y * width + end[r]!);
    }
}

/** 1 for each group whose mean foreground is below `least`. */
export function faintGroups({ labels, groups }: Painted, foreground: Float32Array, least: number): Uint8Array {
  const area = new Uint32Array(groups);
  const sum = new Float64Array(groups);
  for (let i = 0; i < labels.length; i++) {
    const group = labels[i]!;
    if (group === 0) continue;
    area[group]!++;
    sum[group]! += foreground[i]!;
  }
  return Uint8Array.from(area, (pixels, group) => (pixels > 0 && sum[group]! / pixels < least ? 1 : 0));
}

/** Drops objects of fewer than `minArea` pixels or that are `unwanted`, and numbers the others in raster order of their first pixels. */
export function renumber({ labels, groups }: Painted, minArea: number, unwanted?: Uint8Array): Labels {
  const area = new Uint32Array(groups);
  for (let i = 0; i < labels.length; i++) area[labels[i]!]!++;
  const number = new Uint32Array(groups);
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    const group = labels[i]!;
    if (group === 0) continue;
    if (number[group] === 0 && area[group]! >= minArea && unwanted?.[group] !== 1) number[group] = ++count;
    labels[i] = number[group]!;
  }
  return { labels, count };
}
