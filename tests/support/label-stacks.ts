import { type LabelRuns, paintRuns, runsOf } from '../../functions/linking/label-runs.ts';
import {
  endLinks,
  type LinkRules,
  linkPlane,
  linkRules,
  type NumberedPlane,
  noLinks,
} from '../../functions/linking/link-depth.ts';
import { sumSections } from '../../functions/linking/object-sums.ts';
import { addSurface, cubeAreas } from '../../functions/linking/surface.ts';
import { addPlane, emptyVolumes, measureVolumes, volumesFor } from '../../functions/linking/volumes.ts';
import { accumulator } from '../../functions/model/measure/statistics.ts';
import type { Measurements, RegionSamples } from '../../functions/ports/predictor.ts';

export interface LabelPlane {
  height: number;
  width: number;
  labels: Uint32Array;
}

/** A plane of rows between spaces, a digit of base 36 a pixel. */
export function planeOf(text: string): LabelPlane {
  const rows = text.split(' ');
  const labels = Uint32Array.from([...rows.join('')], (digit) => Number.parseInt(digit, 36));
  return { height: rows.length, width: rows[0]!.length, labels };
}

/** Each plane numbered for itself, in raster order of first pixels: what is known before planes are linked. */
export const planesOf = (stack: readonly LabelPlane[]): LabelPlane[] =>
  stack.map(({ labels, ...size }) => {
    const numbers = new Map([[0, 0]]);
    for (const label of labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
    return { ...size, labels: labels.map((label) => numbers.get(label)!) };
  });

const runsIn = ({ height, width, labels }: LabelPlane): LabelRuns =>
  runsOf(labels, { height, width, count: labels.reduce((most, label) => Math.max(most, label), 0) });

function* linked(planes: readonly LabelPlane[], rules: LinkRules): Generator<NumberedPlane> {
  const links = noLinks();
  for (const plane of planes) {
    const ready = linkPlane(links, runsIn(plane), rules);
    if (ready !== undefined) yield ready;
  }
  const last = endLinks(links, rules);
  if (last !== undefined) yield last;
}

/** The stack with its numbers. */
export const numbered = (planes: readonly LabelPlane[], rules = linkRules): LabelPlane[] =>
  Array.from(linked(planes, rules), ({ runs, numbers }) => {
    const labels = new Uint32Array(runs.height * runs.width);
    paintRuns(runs, numbers, labels);
    return { height: runs.height, width: runs.width, labels };
  });

function samplesIn({ height, width, rows, start, end, label, count }: LabelRuns, data: Float64Array): RegionSamples {
  const all = accumulator(count);
  const y = Uint32Array.from({ length: label.length }, (_, run) =>
    rows.findLastIndex((first, row) => row < height && first <= run),
  );
  const shifted = (columns: Uint32Array) => columns.map((x, run) => y[run]! * width + x);
  all.add(data, { start: shifted(start), end: shifted(end), of: label.map((own) => own - 1) });
  return all.samples();
}

/** Measurements of the linked stack; `intensity` of each voxel by its place in the stack. */
export function measuredStack(
  planes: readonly LabelPlane[],
  spacing: { x: number; y: number; z: number },
  intensity: (voxel: number) => number,
): Measurements {
  let volumes = emptyVolumes();
  const areas = cubeAreas(spacing);
  let upper: NumberedPlane | undefined;
  let count = 0;
  let depth = 0;
  for (const plane of linked(planes, linkRules)) {
    const { height, width } = plane.runs;
    const data = Float64Array.from({ length: height * width }, (_, i) => intensity(depth * height * width + i));
    count = plane.numbers.reduce((most, number) => Math.max(most, number), count);
    volumes = volumesFor(volumes, count);
    addPlane(
      volumes,
      { sums: sumSections(plane.runs, data), samples: samplesIn(plane.runs, data) },
      plane.numbers,
      depth++,
    );
    addSurface(volumes.surface, areas, upper, plane);
    upper = plane;
  }
  if (upper !== undefined) addSurface(volumes.surface, areas, upper, undefined);
  return measureVolumes(volumes, count, spacing);
}

/** Whether two stacks divide the same pixels among the same objects, whatever their numbers. */
export function sameObjects(one: readonly LabelPlane[], two: readonly LabelPlane[]): boolean {
  const [there, back] = [new Map<number, number>(), new Map<number, number>()];
  return one.every(({ labels }, z) =>
    labels.every((a, i) => {
      const b = two[z]!.labels[i]!;
      if (!there.has(a)) there.set(a, b);
      if (!back.has(b)) back.set(b, a);
      return there.get(a) === b && back.get(b) === a && (a === 0) === (b === 0);
    }),
  );
}
