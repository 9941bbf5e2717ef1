import ClipperLib, { type IntPoint } from 'clipper-lib';
import type { Outlines } from './outlines.ts';

/**
 * Area that two polygons share as StarDist measures it: by the Clipper library (version 6.4.2, as StarDist bundles it),
 * which rounds corners of the intersection to whole pixels.
 */
export function clippedArea(outlines: Outlines, i: number, j: number): number {
  const { Clipper, ClipType, PolyFillType, PolyType } = ClipperLib;
  const clipper = new Clipper();
  clipper.AddPath(pathOf(outlines, i), PolyType.ptClip, true);
  clipper.AddPath(pathOf(outlines, j), PolyType.ptSubject, true);
  const parts: IntPoint[][] = [];
  clipper.Execute(ClipType.ctIntersection, parts, PolyFillType.pftNonZero, PolyFillType.pftNonZero);
  return parts.reduce((sum, part) => sum + areaOf(part), 0);
}

const pathOf = ({ corners, x, y }: Outlines, i: number): IntPoint[] =>
  Array.from({ length: corners }, (_, k) => ({ X: x[i * corners + k]!, Y: y[i * corners + k]! }));

/** Also of holes: StarDist adds them. */
function areaOf(part: readonly IntPoint[]): number {
  const twice = part.reduce((sum, { X, Y }, k) => {
    const next = part[(k + 1) % part.length]!;
    return sum + X * next.Y - Y * next.X;
  }, 0);
  return Math.abs(twice) / 2;
}
