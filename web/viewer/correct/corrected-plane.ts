import { type EditReplica, editReplica } from '../../../functions/core/edit-replica.ts';
import {
  type Box,
  boxAround,
  changesBox,
  editedLabels,
  firstNewObject,
  type LabelPlane,
  undoing,
} from '../../../functions/core/edited-labels.ts';
import type { EditOperation, EditPlane } from '../../../functions/core/edits.ts';
import { ulid } from '../../../functions/core/ulid.ts';
import { type Draft, type Gesture, madeBy } from './gestures.ts';

/** What a gesture did. */
export interface Acted {
  /** In the order of the log; none where the gesture changed nothing. */
  operations: EditOperation[];
  /** What takes it back. */
  undo: Draft[];
  /** Where pixels changed. */
  box: Box | undefined;
  /** To be chosen then; absent: as it was. */
  object?: number;
}

/** The labels of a plane that one editor corrects. */
export interface CorrectedPlane extends Pick<EditReplica, 'receive'> {
  readonly plane: EditPlane;
  readonly labels: LabelPlane;
  act(gesture: Gesture): Acted;
}

/** One that no other editor takes, as good as surely. */
export const randomObject = (): number => firstNewObject + (crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1);

/** `stored`: operations of the log on this plane; `own`: those of this editor that are not known to be stored. */
export function correctedPlane(
  plane: EditPlane,
  base: LabelPlane,
  { stored, own }: { stored: readonly EditOperation[]; own: readonly EditOperation[] },
): CorrectedPlane {
  const labels = editedLabels(base);
  for (const operation of stored) labels.apply(operation);
  const replica = editReplica(labels);
  for (const operation of own) replica.act(operation);
  const classes = new Map<number, string | undefined>();
  const learn = (operations: readonly EditOperation[]): void => {
    for (const each of operations) if (each.do === 'class') classes.set(each.object, each.name);
  };
  learn([...stored, ...own]);
  const newObject = (): number => {
    for (;;) {
      const object = randomObject();
      if (labels.boxOf(object) === undefined) return object;
    }
  };
  const undoOf = (operation: EditOperation, changes: ReturnType<EditReplica['act']>): Draft[] => {
    if (operation.do === 'accept') return [{ do: 'accept', region: operation.region, accepted: !operation.accepted }];
    if (operation.do !== 'class') return undoing(changes);
    const { object } = operation;
    const name = classes.get(object);
    return [{ do: 'class', object, ...(name !== undefined && { name }) }];
  };
  return {
    plane,
    labels: base,
    act(gesture) {
      const { drafts, object } = madeBy(gesture, labels, newObject);
      const acted: Acted = { operations: [], undo: [], box: undefined, ...(object !== undefined && { object }) };
      for (const draft of drafts) {
        const id = ulid(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
        const operation: EditOperation = { ...draft, id, plane, tool: gesture.tool };
        const changes = replica.act(operation);
        acted.operations.push(operation);
        acted.undo.unshift(...undoOf(operation, changes));
        acted.box = boxAround(acted.box, changesBox(changes));
        learn([operation]);
      }
      return acted;
    },
    receive(operations) {
      learn(operations);
      return replica.receive(operations);
    },
  };
}
