import type { EditedLabels } from '../../../functions/core/edited-labels.ts';
import type { AcceptedRegion, EditOperation, EditTool } from '../../../functions/core/edits.ts';
import type { Point } from '../viewport.ts';
import { connectedFrom, type Mask, polygonMask, runsOf, strokeMask } from './shapes.ts';
import { splitOff } from './split-object.ts';

type Without<T> = T extends unknown ? Omit<T, 'id' | 'plane' | 'tool'> : never;
/** As a tool makes it. */
export type Draft = Without<EditOperation>;

/** What the user did over the picture. `object`: the chosen one; 0: none. */
export type Gesture =
  | { tool: 'brush' | 'eraser'; points: Point[]; radius: number; object: number }
  | { tool: 'lasso' | 'split' | 'merge'; points: Point[]; object: number }
  | { tool: 'fill' | 'delete'; point: Point; object: number }
  | { tool: 'click'; runs: number[] }
  | { tool: 'class'; object: number; name: string | undefined }
  | { tool: 'accept'; region: AcceptedRegion; accepted: boolean }
  | { tool: Extract<EditTool, 'undo' | 'import' | 'restore'>; drafts: Draft[] };

/** What a gesture comes to; `object`: to be chosen then, 0: none, absent: as it was. */
export interface Made {
  drafts: Draft[];
  object?: number;
}

/** A hole is ground of at most so many pixels that one object is around. */
const mostHole = 1 << 20;

const nothing: Made = { drafts: [] };

/** The operations of a gesture, with the pixels that change and no others. `newObject`: an object that nobody has. */
export function madeBy(gesture: Gesture, labels: EditedLabels, newObject: () => number): Made {
  switch (gesture.tool) {
    case 'brush':
      return painted(strokeMask(gesture.points, gesture.radius, labels.plane), gesture.object || newObject(), labels);
    case 'lasso':
      return painted(polygonMask(gesture.points, labels.plane), gesture.object || newObject(), labels);
    case 'click':
      return given(gesture.runs, newObject(), labels);
    case 'eraser':
      return erased(gesture, labels);
    case 'delete': {
      const object = gesture.object || at(labels, gesture.point);
      return object === 0 ? nothing : { drafts: [{ do: 'delete', objects: [object] }], object: 0 };
    }
    case 'merge':
      return merged(gesture.points, labels);
    case 'split':
      return split(gesture.points, labels, newObject);
    case 'fill':
      return filled(gesture.point, labels);
    case 'class': {
      const { object, name } = gesture;
      return { drafts: object === 0 ? [] : [{ do: 'class', object, ...(name && { name }) }] };
    }
    case 'accept':
      return { drafts: [{ do: 'accept', region: gesture.region, accepted: gesture.accepted }] };
    default:
      return { drafts: gesture.drafts };
  }
}

/** The object at a point of the image; 0: none. */
function at({ plane: { labels, width, height } }: EditedLabels, { x, y }: Point): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  return column < 0 || row < 0 || column >= width || row >= height ? 0 : labels[row * width + column]!;
}

/** Ground becomes the object's; what belongs to others stays theirs. */
const painted = (mask: Mask | undefined, object: number, labels: EditedLabels): Made =>
  mask === undefined ? nothing : given(runsOf(mask), object, labels);

function given(runs: readonly number[], object: number, { plane: { labels, width } }: EditedLabels): Made {
  const ground = partsOf(runs, width, (index) => labels[index] === 0);
  return ground.length === 0 ? nothing : { drafts: [{ do: 'set', to: object, from: 0, runs: ground }], object };
}

/** Of the chosen object only, where one is chosen. */
function erased({ points, radius, object }: Extract<Gesture, { radius: number }>, { plane }: EditedLabels): Made {
  const mask = strokeMask(points, radius, plane);
  if (mask === undefined) return nothing;
  const { labels, width } = plane;
  const isErased = (index: number) => (object === 0 ? labels[index] !== 0 : labels[index] === object);
  const runs = partsOf(runsOf(mask), width, isErased);
  return runs.length === 0 ? nothing : { drafts: [{ do: 'set', to: 0, runs, ...(object > 0 && { from: object }) }] };
}

/** All objects that a line meets become the first one. */
function merged(points: readonly Point[], labels: EditedLabels): Made {
  const objects = alongLine(points, labels);
  const [into, ...others] = objects;
  return into === undefined || others.length === 0
    ? nothing
    : { drafts: [{ do: 'merge', objects: others, into }], object: into };
}

/** Objects under a line, in the order in which it meets them. */
function alongLine(points: readonly Point[], labels: EditedLabels): number[] {
  const found = new Set<number>();
  for (const [i, b] of points.entries()) {
    const a = points[i - 1] ?? b;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(b.x - a.x, b.y - a.y)));
    for (let k = 0; k <= steps; k++) {
      const object = at(labels, { x: a.x + ((b.x - a.x) * k) / steps, y: a.y + ((b.y - a.y) * k) / steps });
      if (object > 0) found.add(object);
    }
  }
  return [...found];
}

/**
 * Each object that the line parts becomes several: the largest part stays what it was. The pixels under the line go to the part
 * that is nearest by steps from side to side.
 */
function split(points: readonly Point[], labels: EditedLabels, newObject: () => number): Made {
  const line = strokeMask(points, 0.5, labels.plane);
  if (line === undefined) return nothing;
  const drafts: Draft[] = [];
  let chosen = 0;
  for (const object of alongLine(points, labels))
    for (const runs of splitOff(object, line, labels)) {
      chosen = newObject();
      drafts.push({ do: 'set', to: chosen, from: object, runs });
    }
  return drafts.length === 0 ? nothing : { drafts, object: chosen };
}

/** The hole at a point becomes the object's around it; where several are, that of most of its border. */
function filled(point: Point, labels: EditedLabels): Made {
  const { plane } = labels;
  const box = { left: 0, top: 0, right: plane.width - 1, bottom: plane.height - 1 };
  const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
  if (x < 0 || y < 0 || x > box.right || y > box.bottom || at(labels, point) !== 0) return nothing;
  let [count, open] = [0, false];
  const hole = connectedFrom(box, [y * plane.width + x], (index) => {
    if (open || plane.labels[index] !== 0) return false;
    const column = index % plane.width;
    open =
      ++count > mostHole ||
      column === 0 ||
      column === box.right ||
      index < plane.width ||
      index >= plane.labels.length - plane.width;
    return true;
  });
  if (open) return nothing;
  const around = new Map<number, number>();
  for (const index of hole)
    for (const other of [index - 1, index + 1, index - plane.width, index + plane.width]) {
      const object = plane.labels[other]!;
      if (object > 0) around.set(object, (around.get(object) ?? 0) + 1);
    }
  const [object] = [...around].sort(([, a], [, b]) => b - a)[0]!;
  const runs = [...hole]
    .sort((a, b) => a - b)
    .flatMap((index) => [Math.floor(index / plane.width), index % plane.width, 1]);
  return { drafts: [{ do: 'set', to: object, from: 0, runs: joined(runs) }], object };
}

/** Runs of single pixels in order, those beside each other as one. */
function joined(runs: readonly number[]): number[] {
  const found: number[] = [];
  for (let i = 0; i < runs.length; i += 3) {
    const last = found.length - 3;
    if (found[last] === runs[i] && found[last + 1]! + found[last + 2]! === runs[i + 1]) found[last + 2]!++;
    else found.push(runs[i]!, runs[i + 1]!, 1);
  }
  return found;
}

/** The parts of runs whose pixels are meant; `isMeant`: of an index into the plane. */
function partsOf(runs: readonly number[], width: number, isMeant: (index: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < runs.length; i += 3) {
    const base = runs[i]! * width;
    const end = runs[i + 1]! + runs[i + 2]!;
    for (let column = runs[i + 1]!; column < end; ) {
      if (!isMeant(base + column)) {
        column++;
        continue;
      }
      const first = column;
      while (column < end && isMeant(base + column)) column++;
      found.push(runs[i]!, first, column - first);
    }
  }
  return found;
}
