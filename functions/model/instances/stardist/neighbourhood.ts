import type { Candidates } from './candidates.ts';

/** Finds the candidates that may touch another. */
export interface Neighbourhood {
  /** Calls `keep` with each candidate whose circle may meet that of candidate i; those for which it says no are not offered again. */
  visit(i: number, keep: (j: number) => boolean): void;
}

/** Candidates of radii from 2^level up to twice that, in square cells of twice their radius. */
interface Level {
  cell: number;
  reach: number;
  cells: Map<number, number[]>;
}

/** Columns of cells that a key leaves room for: planes are narrower. */
const keyStride = 1 << 22;

/** One layer of cells for each power of two of radii, so that one large outline does not widen the search for all. */
export function neighbourhood({ count, corners, y, x, distance }: Candidates): Neighbourhood {
  const radius = new Float64Array(count);
  for (let i = 0; i < count; i++)
    for (let k = i * corners; k < (i + 1) * corners; k++) if (distance[k]! > radius[i]!) radius[i] = distance[k]!;
  const levels = levelsOf({ y, x, radius });
  return {
    visit(i, keep) {
      const offered = (j: number): boolean => {
        const meets = (y[i]! - y[j]!) ** 2 + (x[i]! - x[j]!) ** 2 <= (radius[i]! + radius[j]! + cutPixels) ** 2;
        return !meets || keep(j);
      };
      for (const level of levels) visitCells(level, { y: y[i]!, x: x[i]! }, radius[i]!, offered);
    },
  };
}

/** Corners are cut to whole pixels: two of them lie at most so much farther apart. */
const cutPixels = 2;

function levelsOf({ y, x, radius }: Record<'y' | 'x' | 'radius', Float64Array>): Level[] {
  const levels = new Map<number, Level>();
  for (let i = 0; i < radius.length; i++) {
    const exponent = Math.max(0, Math.ceil(Math.log2(radius[i]!)));
    let level = levels.get(exponent);
    if (!level) {
      level = { cell: 2 * 2 ** exponent, reach: 2 ** exponent, cells: new Map() };
      levels.set(exponent, level);
    }
    const key = Math.floor(y[i]! / level.cell) * keyStride + Math.floor(x[i]! / level.cell);
    const members = level.cells.get(key);
    if (members) members.push(i);
    else level.cells.set(key, [i]);
  }
  return [...levels.values()];
}

/** Offers all of the cells around a point, and takes out those that are not kept. */
function visitCells(
  { cell, reach, cells }: Level,
  { y, x }: { y: number; x: number },
  radius: number,
  keep: (j: number) => boolean,
): void {
  const far = radius + reach + cutPixels;
  const first = (at: number): number => Math.max(0, Math.floor((at - far) / cell));
  const last = (at: number): number => Math.floor((at + far) / cell);
  for (let row = first(y); row <= last(y); row++)
    for (let column = first(x); column <= last(x); column++) {
      const members = cells.get(row * keyStride + column);
      if (members === undefined) continue;
      let kept = 0;
      for (const j of members) if (keep(j)) members[kept++] = j;
      members.length = kept;
    }
}
