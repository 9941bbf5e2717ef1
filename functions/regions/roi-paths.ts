/** Corners of a closed line; px. */
export interface Path {
  x: Float64Array;
  y: Float64Array;
}

/** Straight parts of a curve: outlines are drawn by hand, a quarter of a pixel does not matter. */
const curveSteps = 16;

/** Coordinates that follow each kind of segment, as java.awt.geom.PathIterator numbers them: move, line, quadratic, cubic, close. */
const coordinates = [2, 2, 4, 6, 0];

/** The paths of a composite ROI of Fiji; undefined where a segment is of no kind. `value`: of `count` numbers. */
export function compositePaths(value: (i: number) => number, count: number): Path[] | undefined {
  const paths: { x: number[]; y: number[] }[] = [];
  for (let i = 0; i < count; ) {
    const kind = value(i);
    const length = coordinates[kind];
    if (length === undefined || i + 1 + length > count) return undefined;
    const points = Array.from({ length }, (_, k) => value(i + 1 + k));
    if (!points.every(Number.isFinite)) return undefined;
    if (kind === 0) paths.push({ x: [points[0]!], y: [points[1]!] });
    else if (length > 0) {
      const path = paths.at(-1);
      if (path === undefined) return undefined;
      addCurve(path, points);
    }
    i += 1 + length;
  }
  return paths.map(({ x, y }) => ({ x: Float64Array.from(x), y: Float64Array.from(y) }));
}

/** Bézier curves by de Casteljau's construction; of one point a line. */
function addCurve(path: { x: number[]; y: number[] }, points: readonly number[]): void {
  const xs = [path.x.at(-1)!, ...points.filter((_, i) => i % 2 === 0)];
  const ys = [path.y.at(-1)!, ...points.filter((_, i) => i % 2 === 1)];
  const steps = xs.length === 2 ? 1 : curveSteps;
  for (let step = 1; step <= steps; step++) {
    path.x.push(curveAt(xs, step / steps));
    path.y.push(curveAt(ys, step / steps));
  }
}

function curveAt(values: readonly number[], t: number): number {
  if (values.length === 1) return values[0]!;
  return curveAt(
    values.slice(1).map((value, i) => values[i]! + (value - values[i]!) * t),
    t,
  );
}
