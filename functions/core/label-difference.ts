import { mostRunNumbers } from './edit-limits.ts';
import { addRun, editedLabels, type LabelPlane } from './edited-labels.ts';

/** Pixels that belong to an object from now on; `to` 0: to none. */
interface Assignment {
  do: 'set';
  to: number;
  runs: number[];
}

/**
 * What makes one plane of labels the same objects as another. `wanted`: labels of the same pixels, any numbers. An object
 * keeps the label of the one that it shares most pixels with, the largest share first; others get one of `newObject`.
 */
export function labelDifference(current: LabelPlane, wanted: ArrayLike<number>, newObject: () => number): Assignment[] {
  const names = namesOf(current.labels, wanted, newObject);
  return assignmentsTo(
    current,
    Float64Array.from({ length: wanted.length }, (_, i) => (wanted[i] === 0 ? 0 : names.get(wanted[i]!)!)),
  );
}

/** What gives each pixel of a plane the label that is wanted there. */
export function assignmentsTo({ labels, width }: LabelPlane, wanted: ArrayLike<number>): Assignment[] {
  const changes = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const to = wanted[i]!;
    if (to === labels[i]) continue;
    const runs = changes.get(to) ?? [];
    changes.set(to, runs);
    addRun(runs, Math.floor(i / width), i % width, 1);
  }
  return [...changes].flatMap(([to, runs]) => parts(runs).map((part) => ({ do: 'set' as const, to, runs: part })));
}

/** An object that no plane has by now. */
export function unusedObject(current: LabelPlane, random: () => number): () => number {
  const known = new Set(editedLabels(current).objects());
  return () => {
    for (;;) {
      const object = random();
      if (known.has(object)) continue;
      known.add(object);
      return object;
    }
  };
}

function namesOf(labels: Uint32Array, wanted: ArrayLike<number>, newObject: () => number): Map<number, number> {
  const shares = new Map<number, Map<number, number>>();
  for (let i = 0; i < labels.length; i++) {
    if (wanted[i] === 0) continue;
    const own = shares.get(wanted[i]!) ?? new Map<number, number>();
    shares.set(wanted[i]!, own);
    const label = labels[i]!;
    own.set(label, (own.get(label) ?? 0) + 1);
  }
  const pairs = [...shares].flatMap(([object, own]) =>
    [...own].flatMap(([label, pixels]) => (label === 0 ? [] : [{ object, label, pixels }])),
  );
  pairs.sort((a, b) => b.pixels - a.pixels || a.label - b.label || a.object - b.object);
  const names = new Map<number, number>();
  const taken = new Set<number>();
  for (const { object, label } of pairs) {
    if (names.has(object) || taken.has(label)) continue;
    names.set(object, label);
    taken.add(label);
  }
  for (const object of shares.keys()) if (!names.has(object)) names.set(object, newObject());
  return names;
}

/** As many runs as one operation takes. */
function parts(runs: number[]): number[][] {
  const found: number[][] = [];
  for (let from = 0; from < runs.length; from += mostRunNumbers) found.push(runs.slice(from, from + mostRunNumbers));
  return found;
}
