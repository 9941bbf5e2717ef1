/* Written by tests/support/python/surface_table.py: marching cubes of scikit-image. */

/** Twice the projected areas of a triangle along z, y and x, in eighths of a voxel's side. */
const kinds: readonly (readonly [number, number, number])[] = [
  [0, 0, 4],
  [0, 0, 8],
  [0, 4, 0],
  [0, 4, 4],
  [0, 8, 0],
  [2, 2, 2],
  [2, 2, 6],
  [2, 6, 2],
  [4, 0, 0],
  [4, 0, 4],
  [4, 4, 0],
  [4, 4, 4],
  [6, 2, 2],
  [6, 6, 6],
  [8, 0, 0],
];

/** Kinds of the triangles of each of the 256 cubes, a hexadecimal digit each. */
const cubes = [
  '- 5 5 aa 5 99 55bb 5be 5 55bb 99 5be aa 5be 5be ee',
  '5 33 55bb 45b 55bb 15b 002255588 55bb 55 3367c 6799c 359d 67aac 35ad 55be 5be',
  '5 55bb 33 45b 55 6799c 3367c 359d 55bb 002255588 15b 55bb 67aac 55be 35ad 5be',
  'aa 45b 45b 44 67aac 59ad 455b 45b 67aac 455b 59ad 45b aaaa 25555678c 25555678c aa',
  '5 55bb 55 67aac 33 15b 3367c 35ad 55bb 002255588 6799c 55be 45b 55bb 359d 5be',
  '99 15b 6799c 59ad 15b 11 155b 15b 6799c 155b 9999 05555678c 59ad 15b 05555678c 99',
  '55bb 002255588 3367c 455b 3367c 155b 3333 02555567c 002255588 5555 155b 555 455b 555 02555567c 55',
  '5be 55bb 359d 45b 35ad 15b 02555567c 33 55be 555 05555678c 55 25555678c 55 55 5',
  '5 55 55bb 67aac 55bb 6799c 002255588 55be 33 3367c 15b 35ad 45b 359d 55bb 5be',
  '55bb 3367c 002255588 455b 002255588 155b 5555 555 3367c 3333 155b 02555567c 455b 02555567c 555 55',
  '99 6799c 15b 59ad 6799c 9999 155b 05555678c 15b 155b 11 15b 59ad 05555678c 15b 99',
  '5be 359d 55bb 45b 55be 05555678c 555 55 35ad 02555567c 15b 33 25555678c 55 55 5',
  'aa 67aac 67aac aaaa 45b 59ad 455b 25555678c 45b 455b 59ad 25555678c 44 45b 45b aa',
  '5be 35ad 55be 25555678c 55bb 15b 555 55 359d 02555567c 05555678c 55 45b 33 55 5',
  '5be 55be 35ad 25555678c 359d 05555678c 02555567c 55 55bb 555 15b 55 45b 55 33 5',
  'ee 5be 5be aa 5be 99 55 5 5be 55 99 5 aa 5 5 -',
]
  .join(' ')
  .split(' ');

/** The triangles inside a cube of eight voxels, whose bits 4 z + 2 y + x are set where it is the object's: twice the projected area along z, y and x of each, in voxel sides squared. */
export const trianglesOf = (cube: number): [number, number, number][] =>
  [...cubes[cube]!.replace('-', '')].map((digit) => {
    const [z, y, x] = kinds[Number.parseInt(digit, 16)]!;
    return [z / 8, y / 8, x / 8];
  });
