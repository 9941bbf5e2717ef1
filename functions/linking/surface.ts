import type { PixelSize } from '../image/image.ts';
import type { NumberedPlane } from './link-depth.ts';
import { trianglesOf } from './surface-table.ts';

/** µm² of the surface inside a cube of eight voxels, by which of them are the object's: bit 4 z + 2 y + x. */
export type CubeAreas = Float64Array;

/** For the spacing of x, y and z. */
export const cubeAreas = ({ x, y, z }: Required<PixelSize>): CubeAreas =>
  Float64Array.from({ length: 256 }, (_, cube) =>
    trianglesOf(cube).reduce((sum, [nz, ny, nx]) => sum + Math.hypot(nz * y * x, ny * z * x, nx * z * y) / 2, 0),
  );

/**
 * Adds to `surface` (by number less 1) what lies between two neighbouring planes of a stack; undefined is what lies beyond
 * its ends. All pairs together give the area of the mesh that marching cubes (Lewiner et al. 2003, level 0.5) makes of each
 * object alone, in a volume with a margin: scikit-image's `mesh_surface_area` of `marching_cubes`.
 */
export function addSurface(
  surface: Float64Array,
  areas: CubeAreas,
  upper: NumberedPlane | undefined,
  lower: NumberedPlane | undefined,
): void {
  const { height } = (upper ?? lower)!.runs;
  for (let y = 0; y <= height; y++) {
    const rows = [rowOf(upper, y - 1), rowOf(upper, y), rowOf(lower, y - 1), rowOf(lower, y)];
    if (rows.some(({ next }) => next !== Infinity)) addRows(surface, areas, rows);
  }
}

/** Where one row of a plane changes: columns below `next` have the number `own`, 0 for background. */
interface Row {
  plane: NumberedPlane | undefined;
  run: number;
  last: number;
  own: number;
  next: number;
}

function rowOf(plane: NumberedPlane | undefined, y: number): Row {
  if (plane === undefined || y < 0 || y >= plane.runs.height) return { plane, run: 0, last: 0, own: 0, next: Infinity };
  const [run, last] = [plane.runs.rows[y]!, plane.runs.rows[y + 1]!];
  return { plane, run, last, own: 0, next: run < last ? plane.runs.start[run]! : Infinity };
}

/** To the columns from `next` on. */
function goOn(row: Row): void {
  const { start, end, label } = row.plane!.runs;
  if (row.own === 0) {
    row.own = row.plane!.numbers[label[row.run]! - 1]!;
    row.next = end[row.run]!;
    return;
  }
  const before = row.next;
  row.run++;
  row.own = 0;
  row.next = row.run < row.last ? start[row.run]! : Infinity;
  if (row.next === before) goOn(row); // objects that touch
}

/**
 * Cubes between two rows of two planes. Between columns where any of the four rows changes all cubes are alike, so that it
 * takes as long as there are runs.
 */
function addRows(surface: Float64Array, areas: CubeAreas, rows: readonly Row[]): void {
  const cube = new Uint32Array(8); // corners 2 k and 2 k + 1: row k, left and right
  for (;;) {
    const from = Math.min(rows[0]!.next, rows[1]!.next, rows[2]!.next, rows[3]!.next);
    if (from === Infinity) return;
    for (let k = 0; k < 4; k++) {
      const row = rows[k]!;
      cube[2 * k] = row.own;
      if (row.next === from) goOn(row);
      cube[2 * k + 1] = row.own;
    }
    addCubes(surface, areas, cube, 1);
    const to = Math.min(rows[0]!.next, rows[1]!.next, rows[2]!.next, rows[3]!.next);
    if (to === Infinity || to === from + 1) continue;
    for (let k = 0; k < 4; k++) cube[2 * k] = cube[2 * k + 1]!;
    addCubes(surface, areas, cube, to - from - 1);
  }
}

/** So many cubes alike: each object once, by what is its own and what is not. */
function addCubes(surface: Float64Array, areas: CubeAreas, cube: Uint32Array, times: number): void {
  for (let i = 0; i < 8; i++) {
    const number = cube[i]!;
    if (number === 0) continue;
    let own = 0;
    for (let k = 0; k < 8; k++) if (cube[k] === number) own |= 1 << k;
    if ((own & ((1 << i) - 1)) === 0) surface[number - 1]! += times * areas[own]!; // else an earlier corner was its first
  }
}
