"""Writes functions/linking/surface-table.ts: the triangles of marching cubes in a cube of eight voxels, by scikit-image.

    python3 tests/support/python/surface_table.py

Needs numpy and scikit-image (0.26.0 wrote the stored file).
"""

from pathlib import Path

import numpy as np
from skimage.measure import marching_cubes


def triangles(cube):
    """Twice the projected areas of each triangle along z, y and x, in eighths of a voxel's side."""
    volume = np.array([(cube >> bit) & 1 for bit in range(8)], float).reshape(2, 2, 2)
    vertices, faces, _, _ = marching_cubes(volume, 0.5)
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return [tuple(int(value) for value in np.round(8 * np.abs(row))) for row in normal]


cubes = [[], *(triangles(cube) for cube in range(1, 255)), []]
kinds = sorted({kind for cube in cubes for kind in cube})
assert len(kinds) <= 16
letters = ["".join(f"{kinds.index(kind):x}" for kind in sorted(cube)) for cube in cubes]
lines = []
for at in range(0, 256, 16):
    lines.append("  '" + " ".join(word or "-" for word in letters[at : at + 16]) + "',")
text = f"""/* Written by tests/support/python/surface_table.py: marching cubes of scikit-image. */

/** Twice the projected areas of a triangle along z, y and x, in eighths of a voxel's side. */
const kinds: readonly (readonly [number, number, number])[] = [
{chr(10).join(f"  [{z}, {y}, {x}]," for z, y, x in kinds)}
];

/** Kinds of the triangles of each of the 256 cubes, a hexadecimal digit each. */
const cubes = [
{chr(10).join(lines)}
]
  .join(' ')
  .split(' ');

/** The triangles inside a cube of eight voxels, whose bits 4 z + 2 y + x are set where it is the object's: twice the projected area along z, y and x of each, in voxel sides squared. */
export const trianglesOf = (cube: number): [number, number, number][] =>
  [...cubes[cube]!.replace('-', '')].map((digit) => {{
    const [z, y, x] = kinds[Number.parseInt(digit, 16)]!;
    return [z / 8, y / 8, x / 8];
  }});
"""
(Path(__file__).parents[3] / "functions" / "linking" / "surface-table.ts").write_text(text)
