import type { EditOperation, EditPlane } from './edits.ts';

/** Labels that a model gives stay below: an object that is added gets a random number from here on, which two editors do not share. */
export const firstNewObject = 2 ** 31;

export const isOfPlane = ({ plane: own }: Pick<EditOperation, 'plane'>, other: EditPlane): boolean =>
  own.position === other.position && own.time === other.time && own.depth === other.depth;

/** Labels of one plane: rows x columns, row-major, 0 where there is no object. */
export interface LabelPlane {
  height: number;
  width: number;
  labels: Uint32Array;
}

/** Pixels that changed their object: runs as those of operations (row, first column, number of pixels). */
export interface LabelChange {
  from: number;
  to: number;
  runs: number[];
}

/** First and last rows and columns that hold an object, or a change. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A plane of labels that operations are applied to, in place. */
export interface EditedLabels {
  readonly plane: LabelPlane;
  /** Returns what changed, which `revert` takes back. */
  apply(operation: EditOperation): LabelChange[];
  /** Of the changes that were made last. */
  revert(changes: readonly LabelChange[]): void;
  /** Where the object may have pixels; undefined where it never had one. */
  boxOf(object: number): Box | undefined;
  /** Objects that may have pixels. */
  objects(): Iterable<number>;
}

export function editedLabels(plane: LabelPlane): EditedLabels {
  const boxes = boxesOf(plane);
  const extend = (object: number, { left, top, right, bottom }: Box): void => {
    const known = boxes.get(object);
    if (known === undefined) return void boxes.set(object, { left, top, right, bottom });
    known.left = Math.min(known.left, left);
    known.top = Math.min(known.top, top);
    known.right = Math.max(known.right, right);
    known.bottom = Math.max(known.bottom, bottom);
  };
  const fill = ({ to, runs }: LabelChange): void => {
    const { labels, width } = plane;
    for (let i = 0; i < runs.length; i += 3) {
      const from = runs[i]! * width + runs[i + 1]!;
      labels.fill(to, from, from + runs[i + 2]!);
    }
    const box = to === 0 ? undefined : runsBox(runs);
    if (box !== undefined) extend(to, box);
  };
  const changesOf = (operation: EditOperation): LabelChange[] => {
    switch (operation.do) {
      case 'set':
        return setChanges(plane, operation);
      case 'merge':
        return operation.objects.flatMap((object) => wholeObject(plane, boxes.get(object), object, operation.into));
      case 'delete':
        return operation.objects.flatMap((object) => wholeObject(plane, boxes.get(object), object, 0));
      default:
        return [];
    }
  };
  return {
    plane,
    apply(operation) {
      const changes = changesOf(operation);
      for (const change of changes) fill(change);
      return changes;
    },
    revert(changes) {
      for (const { from, to, runs } of changes.toReversed()) fill({ from: to, to: from, runs });
    },
    boxOf: (object) => boxes.get(object),
    objects: () => boxes.keys(),
  };
}

/** The smallest box around runs; undefined of none. */
function runsBox(runs: readonly number[]): Box | undefined {
  if (runs.length === 0) return undefined;
  const box = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  for (let i = 0; i < runs.length; i += 3) {
    const [row, first, count] = [runs[i]!, runs[i + 1]!, runs[i + 2]!];
    box.top = Math.min(box.top, row);
    box.bottom = Math.max(box.bottom, row);
    box.left = Math.min(box.left, first);
    box.right = Math.max(box.right, first + count - 1);
  }
  return box;
}

/** The smallest box around both. */
export const boxAround = (a: Box | undefined, b: Box | undefined): Box | undefined =>
  a === undefined || b === undefined
    ? (a ?? b)
    : {
        left: Math.min(a.left, b.left),
        top: Math.min(a.top, b.top),
        right: Math.max(a.right, b.right),
        bottom: Math.max(a.bottom, b.bottom),
      };

/** Where pixels changed; undefined where none did. */
export const changesBox = (changes: readonly LabelChange[]): Box | undefined =>
  changes.reduce<Box | undefined>((box, { runs }) => boxAround(box, runsBox(runs)), undefined);

/** Operations that take changes back, where their pixels still are as they made them: without id, plane and tool. */
export const undoing = (changes: readonly LabelChange[]): { do: 'set'; to: number; from: number; runs: number[] }[] =>
  changes.toReversed().map(({ from, to, runs }) => ({ do: 'set', to: from, from: to, runs }));

/** Runs of each object that loses pixels. Parts of runs outside of the plane are left out. */
function setChanges(
  { labels, width, height }: LabelPlane,
  { to, from, runs }: Extract<EditOperation, { do: 'set' }>,
): LabelChange[] {
  const changes = new Map<number, LabelChange>();
  const lose = (object: number, row: number, first: number, count: number): void => {
    if (object === to || (from !== undefined && object !== from)) return;
    const known = changes.get(object);
    if (known === undefined) changes.set(object, { from: object, to, runs: [row, first, count] });
    else addRun(known.runs, row, first, count);
  };
  for (let i = 0; i < runs.length; i += 3) {
    const row = runs[i]!;
    if (row >= height) continue;
    const base = row * width;
    const stop = Math.min(width, runs[i + 1]! + runs[i + 2]!);
    for (let first = runs[i + 1]!; first < stop; ) {
      const object = labels[base + first]!;
      let end = first + 1;
      while (end < stop && labels[base + end] === object) end++;
      lose(object, row, first, end - first);
      first = end;
    }
  }
  return withoutRepeats([...changes.values()]);
}

/** Runs that overlap would be taken back once and changed twice; they are rare, as tools make none. */
function withoutRepeats(changes: LabelChange[]): LabelChange[] {
  for (const change of changes) if (overlaps(change.runs)) change.runs = joinedRuns(change.runs);
  return changes;
}

function overlaps(runs: readonly number[]): boolean {
  for (let i = 3; i < runs.length; i += 3) {
    if (runs[i]! > runs[i - 3]!) continue;
    if (runs[i]! < runs[i - 3]! || runs[i + 1]! < runs[i - 2]! + runs[i - 1]!) return true;
  }
  return false;
}

/** The same pixels in runs that come in order and do not touch. */
function joinedRuns(runs: readonly number[]): number[] {
  const starts = Array.from({ length: runs.length / 3 }, (_, i) => 3 * i).sort(
    (a, b) => runs[a]! - runs[b]! || runs[a + 1]! - runs[b + 1]!,
  );
  const joined: number[] = [];
  for (const at of starts) addRun(joined, runs[at]!, runs[at + 1]!, runs[at + 2]!);
  return joined;
}

/** Adds a run that begins no earlier than the last one; one that touches it makes it longer. */
export function addRun(runs: number[], row: number, first: number, count: number): void {
  const last = runs.length - 3;
  if (last >= 0 && runs[last] === row && first <= runs[last + 1]! + runs[last + 2]!) {
    runs[last + 2] = Math.max(runs[last + 2]!, first + count - runs[last + 1]!);
  } else runs.push(row, first, count);
}

/** All pixels of an object become those of another one. */
function wholeObject(plane: LabelPlane, box: Box | undefined, object: number, to: number): LabelChange[] {
  if (box === undefined || object === to) return [];
  const runs = objectRuns(plane, box, object);
  return runs.length === 0 ? [] : [{ from: object, to, runs }];
}

/** Runs of the pixels of an object inside of a box. */
function objectRuns({ labels, width }: LabelPlane, box: Box, object: number): number[] {
  const runs: number[] = [];
  for (let row = box.top; row <= box.bottom; row++) {
    const base = row * width;
    for (let column = box.left; column <= box.right; ) {
      if (labels[base + column] !== object) {
        column++;
        continue;
      }
      const first = column;
      while (column <= box.right && labels[base + column] === object) column++;
      runs.push(row, first, column - first);
    }
  }
  return runs;
}

function boxesOf({ labels, width, height }: LabelPlane): Map<number, Box> {
  const boxes = new Map<number, Box>();
  for (let row = 0; row < height; row++) {
    const base = row * width;
    for (let column = 0; column < width; ) {
      const object = labels[base + column]!;
      const first = column;
      while (column < width && labels[base + column] === object) column++;
      if (object === 0) continue;
      const known = boxes.get(object);
      if (known === undefined) boxes.set(object, { left: first, top: row, right: column - 1, bottom: row });
      else {
        known.left = Math.min(known.left, first);
        known.right = Math.max(known.right, column - 1);
        known.bottom = row;
      }
    }
  }
  return boxes;
}
