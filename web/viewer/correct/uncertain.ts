import type { Box, LabelPlane } from '../../../functions/core/edited-labels.ts';
import { firstNewObject } from '../../../functions/core/edited-labels.ts';
import type { Point } from '../viewport.ts';

/** An object, or a place that may lack one, of which the model is not sure. */
export interface UncertainPlace {
  /** 0: there is none, where the model saw something. */
  object: number;
  /** A pixel of it: of an object its first, else where the map is highest. */
  pixel: Point;
  box: Box;
  /** Mean over its pixels: 1 at the threshold, 0 where the map is as far from it as can be. */
  uncertainty: number;
}

/** Reads rows of the map from one on, as many as it likes: a byte a pixel, 128 at the threshold. */
type MapRows = AsyncIterable<{ top: number; bytes: Uint8Array }>;

/** Half of the threshold: from here on the model saw something. */
const seen = 64;
/** Of the median object, what a place without one has at least, and pixels where there is no object. */
const leastShare = 0.25;
const usualArea = 15;

/** By byte of the map. */
const uncertaintyOf = Float64Array.from({ length: 256 }, (_, byte) =>
  byte < 128 ? byte / 127 : 1 - (byte - 128) / 127,
);

/** Pixels that are one thing. */
interface Sum {
  pixels: number;
  sum: number;
  box: Box;
  pixel: Point;
}

/**
 * Objects of a plane and places that may lack one, the least certain first; equal ones from above. Objects that were added by
 * hand are not among them. A place that may lack one is where the map reaches half of the threshold, no object touches it, and
 * it has a quarter of the pixels of the median object.
 */
export async function uncertainPlaces(plane: LabelPlane, rows: MapRows): Promise<UncertainPlace[]> {
  const objects = new Map<number, Sum>();
  const seenPlaces = places(plane, leastArea(plane));
  for await (const { top, bytes } of rows)
    for (let at = 0; at < bytes.length; at += plane.width) {
      const row = top + at / plane.width;
      const values = bytes.subarray(at, at + plane.width);
      addObjects(objects, plane, row, values);
      seenPlaces.add(row, values);
    }
  const found = [
    ...[...objects].map(([object, sum]) => placeOf(object, sum)),
    ...seenPlaces.end().map((sum) => placeOf(0, sum)),
  ];
  return found.sort(
    (a, b) => b.uncertainty - a.uncertainty || a.pixel.y - b.pixel.y || a.pixel.x - b.pixel.x || a.object - b.object,
  );
}

/** Pixels of a place without an object. */
function leastArea({ labels }: LabelPlane): number {
  const areas = new Map<number, number>();
  for (let i = 0; i < labels.length; ) {
    const [object, first] = [labels[i]!, i];
    while (labels[i] === object) i++;
    if (isOfModel(object)) areas.set(object, (areas.get(object) ?? 0) + i - first);
  }
  const sorted = Uint32Array.from(areas.values()).sort();
  const median = sorted[sorted.length >> 1];
  return median === undefined ? usualArea : Math.max(4, leastShare * median);
}

const isOfModel = (object: number): boolean => object > 0 && object < firstNewObject;

const placeOf = (object: number, { pixels, sum, box, pixel }: Sum): UncertainPlace => ({
  ...{ object, pixel, box },
  uncertainty: sum / pixels,
});

function addObjects(objects: Map<number, Sum>, { labels, width }: LabelPlane, y: number, values: Uint8Array): void {
  const base = y * width;
  for (let x = 0; x < width; ) {
    const object = labels[base + x]!;
    const first = x;
    let sum = 0;
    while (x < width && labels[base + x] === object) sum += uncertaintyOf[values[x++]!]!;
    if (!isOfModel(object)) continue;
    const known = objects.get(object);
    if (known === undefined) objects.set(object, { ...runSum(y, first, x), sum });
    else addRun(known, { ...runSum(y, first, x), sum });
  }
}

const runSum = (y: number, first: number, end: number): Omit<Sum, 'sum'> => ({
  pixels: end - first,
  box: { left: first, top: y, right: end - 1, bottom: y },
  pixel: { x: first, y },
});

function addRun(to: Sum, { pixels, sum, box }: Sum): void {
  to.pixels += pixels;
  to.sum += sum;
  to.box.left = Math.min(to.box.left, box.left);
  to.box.top = Math.min(to.box.top, box.top);
  to.box.right = Math.max(to.box.right, box.right);
  to.box.bottom = Math.max(to.box.bottom, box.bottom);
}

/** A run of pixels without an object at which the model saw something; `root`: the place that it belongs to. */
interface Run extends Sum {
  first: number;
  end: number;
  peak: number;
  touches: boolean;
  root: Run | undefined;
}

/**
 * Runs that are connected by their sides become places, row by row. Of what is above only the last row is kept, and places
 * that may be in the list: a map with noise has millions of runs.
 */
function places({ labels, width, height }: LabelPlane, least: number) {
  const done: Sum[] = [];
  let above: Run[] = [];
  const join = (a: Run, b: Run): void => {
    const [into, from] = [rootOf(a), rootOf(b)];
    if (into === from) return;
    from.root = into;
    addRun(into, from);
    into.touches ||= from.touches;
    if (from.peak <= into.peak) return;
    into.peak = from.peak;
    into.pixel = from.pixel;
  };
  const isObject = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && labels[y * width + x] !== 0;
  const touches = ({ first, end }: Run, y: number): boolean => {
    for (let x = first; x < end; x++) if (isObject(x, y - 1) || isObject(x, y + 1)) return true;
    return isObject(first - 1, y) || isObject(end, y);
  };
  /** Places that have nothing in the row `runs` are whole. */
  const follow = (runs: Run[]): void => {
    const going = new Set(runs.map(rootOf));
    for (const place of new Set(above.map(rootOf))) {
      const { pixels, sum, box, pixel } = place;
      if (!going.has(place) && !place.touches && pixels >= least) done.push({ pixels, sum, box, pixel });
    }
    above = runs;
  };
  return {
    add(y: number, values: Uint8Array): void {
      const runs = runsOfRow(y, values, (x) => values[x]! >= seen && labels[y * width + x] === 0);
      for (const run of runs) run.touches = touches(run, y);
      let next = 0;
      for (const run of runs) {
        while (next < above.length && above[next]!.end <= run.first) next++;
        for (let i = next; i < above.length && above[i]!.first < run.end; i++) join(above[i]!, run);
      }
      follow(runs);
    },
    end(): Sum[] {
      follow([]);
      return done;
    },
  };
}

function rootOf(run: Run): Run {
  let root = run;
  while (root.root !== undefined) root = root.root;
  if (root !== run) run.root = root; // so that those between are let go of
  return root;
}

function runsOfRow(y: number, values: Uint8Array, isIn: (x: number) => boolean): Run[] {
  const runs: Run[] = [];
  for (let x = 0; x < values.length; ) {
    if (!isIn(x)) {
      x++;
      continue;
    }
    const first = x;
    let [sum, peak, at] = [0, 0, x];
    for (; x < values.length && isIn(x); x++) {
      sum += uncertaintyOf[values[x]!]!;
      if (values[x]! > peak) [peak, at] = [values[x]!, x];
    }
    runs.push({
      ...runSum(y, first, x),
      ...{ sum, first, end: x, peak, touches: false, root: undefined },
      pixel: { x: at, y },
    });
  }
  return runs;
}
