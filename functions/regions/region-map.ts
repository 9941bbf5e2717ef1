import { hasPixel, type RegionRuns, type Size } from './region-runs.ts';

/** A region of interest of one image. */
export interface Region {
  name: string;
  runs: RegionRuns;
  /** The plane that it is of, zero-based; of each axis that is absent all. */
  depth?: number;
  time?: number;
}

/** The regions of one image, which may overlap. */
export interface RegionMap extends Size {
  /** The file that they are from, and sha256 of its bytes. */
  file: string;
  sha256: string;
  regions: readonly Region[];
  /** What was left out or assumed, a clause each. */
  notes: readonly string[];
}

/** Between the names of several regions that hold an object. */
export const regionSeparator = '|';

/**
 * Names of the regions that hold a point, px, the centre of the first pixel at 0; empty where none does. It is of the region
 * that holds the pixel that it is in. `plane`: zero-based; absent where objects are of all planes.
 */
export function regionsAt(
  { regions }: Pick<RegionMap, 'regions'>,
  [x, y]: readonly [number, number],
  plane?: { depth: number; time: number },
): string {
  const [column, row] = [Math.floor(x + 0.5), Math.floor(y + 0.5)];
  return regions
    .filter(({ depth, time, runs }) => {
      const isOfPlane =
        plane === undefined || ((depth ?? plane.depth) === plane.depth && (time ?? plane.time) === plane.time);
      return isOfPlane && hasPixel(runs, column, row);
    })
    .map(({ name }) => name)
    .join(regionSeparator);
}

/**
 * Names that stand in a table of plain cells (no separators, no formula), each once: `CA1`, a second one `CA1_2`.
 */
export function regionNames(names: readonly (string | undefined)[]): string[] {
  const taken = new Set<string>();
  return names.map((raw, i) => {
    const clean = (raw ?? '')
      .normalize('NFC')
      .replace(/[\p{C},;"'|\u2028\u2029]+/gu, '_')
      .replace(/^[\s=+\-@＝＋－＠]+/, '')
      .trimEnd();
    const name = [...clean].slice(0, longestName).join('') || `region_${i + 1}`;
    for (let count = 1; ; count++) {
      const free = count === 1 ? name : `${name}_${count}`;
      if (taken.has(free)) continue;
      taken.add(free);
      return free;
    }
  });
}

/** Characters. */
const longestName = 60;
