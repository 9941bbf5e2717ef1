import { editedLabels, firstNewObject, type LabelPlane } from '../../functions/core/edited-labels.ts';
import type { EditOperation } from '../../functions/core/edits.ts';
import { ulid } from '../../functions/core/ulid.ts';

export const plane = { position: 0, time: 0, depth: 0 };

/** Whole numbers below `below`, the same ones each time (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

let made = 0;
/** A ULID that no other call of this process gave. */
export function nextId(): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, made++);
  for (let i = 0; i < 4; i++) bytes[8 + i] = Math.floor(made / 32 ** i) % 32;
  return ulid(1_700_000_000_000 + made, bytes);
}

/** Rows of labels as digits and letters, `.` for none. */
export function labelsOf(...rows: string[]): LabelPlane {
  const width = rows[0]!.length;
  const labels = Uint32Array.from(rows.join(''), (sign) => (sign === '.' ? 0 : Number.parseInt(sign, 36)));
  return { height: rows.length, width, labels };
}

/** The same text; objects that were added are `+`. */
export const shown = ({ height, width, labels }: LabelPlane): string[] =>
  Array.from({ length: height }, (_, row) =>
    Array.from(labels.subarray(row * width, (row + 1) * width), (label) =>
      label === 0 ? '.' : label >= firstNewObject ? '+' : label.toString(36),
    ).join(''),
  );

type Without<T> = T extends unknown ? Omit<T, 'id' | 'plane' | 'tool'> & { tool?: EditOperation['tool'] } : never;

/** An operation on the plane above. */
export const operation = (what: Without<EditOperation>): EditOperation =>
  ({ id: nextId(), plane, tool: 'brush', ...what }) as EditOperation;

/** One that anybody might make: rectangles of pixels for objects that are there or new, deletions, merges, words. */
export function anyOperation({ height, width }: LabelPlane, random: (below: number) => number): EditOperation {
  const object = () => (random(4) === 0 ? firstNewObject + random(3) : 1 + random(6));
  const runs = (): number[] => {
    const [top, left] = [random(height), random(width)];
    const [rows, columns] = [1 + random(4), 1 + random(5)];
    return Array.from({ length: rows }, (_, i) => [top + i, left, columns]).flat();
  };
  switch (random(6)) {
    case 0:
      return operation({ do: 'delete', objects: [object()] });
    case 1:
      return operation({ do: 'merge', objects: [object(), object()], into: object() });
    case 2:
      return operation({ do: 'set', to: 0, runs: runs() });
    case 3:
      return operation({ do: 'set', to: object(), from: random(2) === 0 ? 0 : object(), runs: runs() });
    case 4:
      return operation({ do: 'class', object: object(), name: 'neuron' });
    default:
      return operation({ do: 'set', to: object(), runs: runs() });
  }
}

/** What a log makes of labels, which stay as they are. */
export function corrected(base: LabelPlane, operations: readonly EditOperation[]): LabelPlane {
  const labels = editedLabels({ ...base, labels: base.labels.slice() });
  for (const each of operations) labels.apply(each);
  return labels.plane;
}
