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
  const { height, width } = (upper ?? lower)!.runs;
  // Numbers of two rows of each plane with a margin at both ends: row y - 1 and row y.
  const row = () => new Uint32Array(width + 2);
  let [upperBefore, upperOwn, lowerBefore, lowerOwn] = [row(), row(), row(), row()];
  let wasEmpty = true;
  const cube = new Uint32Array(8);
  for (let y = 0; y <= height; y++) {
    const filled = [fillRow(upperOwn, upper, y), fillRow(lowerOwn, lower, y)];
    const isEmpty = !filled.includes(true);
    for (let x = 0; x <= width && !(isEmpty && wasEmpty); x++) {
      const first = upperBefore[x]!;
      const isInside =
        first === upperBefore[x + 1] &&
        first === upperOwn[x] &&
        first === upperOwn[x + 1] &&
        first === lowerBefore[x] &&
        first === lowerBefore[x + 1] &&
        first === lowerOwn[x] &&
        first === lowerOwn[x + 1];
      if (isInside) continue;
      [cube[0], cube[1], cube[2], cube[3]] = [first, upperBefore[x + 1]!, upperOwn[x]!, upperOwn[x + 1]!];
      [cube[4], cube[5], cube[6], cube[7]] = [lowerBefore[x]!, lowerBefore[x + 1]!, lowerOwn[x]!, lowerOwn[x + 1]!];
      addCube(surface, areas, cube);
    }
    wasEmpty = isEmpty;
    [upperBefore, upperOwn] = [upperOwn, upperBefore];
    [lowerBefore, lowerOwn] = [lowerOwn, lowerBefore];
  }
}

/** Writes the numbers of one row after a margin of one; false where there is no object. */
function fillRow(out: Uint32Array, plane: NumberedPlane | undefined, y: number): boolean {
  out.fill(0);
  if (plane === undefined || y === plane.runs.height) return false;
  const { rows, start, end, label } = plane.runs;
  for (let r = rows[y]!; r < rows[y + 1]!; r++) out.fill(plane.numbers[label[r]! - 1]!, start[r]! + 1, end[r]! + 1);
  return rows[y]! < rows[y + 1]!;
}

/** Each object of the cube once, by what is its own and what is not. */
function addCube(surface: Float64Array, areas: CubeAreas, cube: Uint32Array): void {
  for (let i = 0; i < 8; i++) {
    const number = cube[i]!;
    if (number === 0) continue;
    let own = 0;
    for (let k = 0; k < 8; k++) if (cube[k] === number) own |= 1 << k;
    if ((own & ((1 << i) - 1)) === 0) surface[number - 1]! += areas[own]!; // else an earlier corner was its first
  }
}
