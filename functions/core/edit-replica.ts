import { type Box, boxAround, changesBox, type EditedLabels, type LabelChange } from './edited-labels.ts';
import type { EditOperation } from './edits.ts';

/** What another editor's operations did to the plane. */
export interface Received {
  /** Where pixels changed. */
  box: Box | undefined;
  /** Objects that they changed, and that operations of this editor changed which were not known to be stored: the later one stands. */
  contested: number[];
}

/**
 * One editor's view of a plane: all that is stored, in the order of the log, and on top of it what is on its way there. Every
 * editor whose operations are all stored, and who has received all, has the same labels.
 */
export interface EditReplica {
  readonly labels: EditedLabels;
  /** Operations of this editor that are not known to be stored, in order. */
  pending(): readonly EditOperation[];
  /** Applies an operation of this editor at once. */
  act(operation: EditOperation): LabelChange[];
  /** What the log has after what was received before, of this plane, own operations included. */
  receive(operations: readonly EditOperation[]): Received;
}

/** `labels`: with all operations that are stored so far. */
export function editReplica(labels: EditedLabels): EditReplica {
  let pending: { operation: EditOperation; changes: LabelChange[] }[] = [];
  const act = (operation: EditOperation): LabelChange[] => {
    const changes = labels.apply(operation);
    pending.push({ operation, changes });
    return changes;
  };
  return {
    labels,
    pending: () => pending.map(({ operation }) => operation),
    act,
    receive(operations) {
      const isNext = operations.every(({ id }, i) => pending[i]?.operation.id === id);
      if (isNext) {
        pending = pending.slice(operations.length); // nothing came between: they are applied already
        return { box: undefined, contested: [] };
      }
      const before = pending;
      const mine = new Set(before.flatMap(touchedBy));
      let box = changesBox(before.flatMap(({ changes }) => changes));
      for (const { changes } of before.toReversed()) labels.revert(changes);
      const applied = operations.map((operation) => ({ operation, changes: labels.apply(operation) }));
      box = boxAround(box, changesBox(applied.flatMap(({ changes }) => changes)));
      const stored = new Set(operations.map(({ id }) => id));
      pending = [];
      for (const { operation } of before)
        if (!stored.has(operation.id)) box = boxAround(box, changesBox(act(operation)));
      const own = new Set(before.map(({ operation }) => operation.id));
      const theirs = applied.filter(({ operation }) => !own.has(operation.id)).flatMap(touchedBy);
      const contested = [...new Set(theirs)].filter((object) => mine.has(object)).sort((x, y) => x - y);
      return { box, contested };
    },
  };
}

/** Objects that an operation is about, and those whose pixels it took or gave. */
function touchedBy({ operation, changes }: { operation: EditOperation; changes: readonly LabelChange[] }): number[] {
  const moved = changes.flatMap(({ from, to }) => [from, to]);
  return [...namedBy(operation), ...moved].filter((object) => object > 0);
}

function namedBy(operation: EditOperation): number[] {
  switch (operation.do) {
    case 'merge':
      return [...operation.objects, operation.into];
    case 'delete':
      return operation.objects;
    case 'class':
      return [operation.object];
    case 'set':
      return [operation.to, operation.from ?? 0];
    default:
      return [];
  }
}
