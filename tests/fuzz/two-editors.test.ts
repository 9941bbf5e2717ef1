import { describe, expect, it } from '@jest/globals';
import { type EditReplica, editReplica } from '../../functions/core/edit-replica.ts';
import { editedLabels, type LabelPlane } from '../../functions/core/edited-labels.ts';
import type { EditOperation } from '../../functions/core/edits.ts';
import { anyOperation, corrected, labelsOf, operation, randomNumbers, shown } from '../support/edit-maker.ts';

const base = () => labelsOf('11..22..44', '11..22..44', '..........', '.3333..555', '.3333..555', '66........');

/** The log as a service keeps it: what it has already is not stored again. */
function log() {
  const stored: EditOperation[] = [];
  return {
    stored,
    /** Returns what is there after `after`. */
    append(after: number, operations: readonly EditOperation[]): EditOperation[] {
      const known = new Set(stored.slice(after).map(({ id }) => id));
      stored.push(...operations.filter(({ id }) => !known.has(id)));
      return stored.slice(after);
    },
  };
}

interface Editor {
  replica: EditReplica;
  /** Operations of the log that it has received. */
  seen: number;
}

const editor = (plane: LabelPlane): Editor => ({ replica: editReplica(editedLabels(plane)), seen: 0 });

function receive(each: Editor, operations: readonly EditOperation[]): void {
  each.replica.receive(operations);
  each.seen += operations.length;
}

/** Two editors who act, send and ask in any order, over a network that loses requests and answers; in the end all is sent. */
function scheduled(random: (below: number) => number) {
  const server = log();
  const editors = [editor(base()), editor(base())];
  const acknowledged = new Set<string>();
  const step = (each: Editor): void => {
    const kind = random(6);
    if (kind < 3) each.replica.act(anyOperation(base(), random));
    else if (kind === 3) receive(each, server.append(each.seen, []));
    else send(each);
  };
  const send = (each: Editor): void => {
    const sent = each.replica.pending().slice(0, 1 + random(4));
    const answer = random(4) === 0 ? undefined : server.append(each.seen, sent); // lost on the way there
    if (answer === undefined || random(4) === 0) return; // or on the way back: sent again later
    for (const { id } of sent) acknowledged.add(id);
    receive(each, answer);
  };
  for (let steps = 4 + random(16); steps > 0; steps--) step(editors[random(2)]!);
  for (const each of editors) receive(each, server.append(each.seen, each.replica.pending()));
  for (const each of editors) receive(each, server.append(each.seen, []));
  return { stored: server.stored, editors, acknowledged };
}

describe('two editors of one plane', () => {
  it('have the same labels in the end over 10,000 schedules, and no stored operation is lost', () => {
    let operations = 0;
    for (let seed = 1; seed <= 10_000; seed++) {
      const { stored, editors, acknowledged } = scheduled(randomNumbers(seed));
      const [one, two] = editors.map(({ replica }) => replica.labels.plane.labels);
      expect(one).toEqual(two);
      expect(one).toEqual(corrected(base(), stored).labels);
      const ids = new Set(stored.map(({ id }) => id));
      expect(ids.size).toBe(stored.length);
      expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
      expect(editors.flatMap(({ replica }) => replica.pending())).toEqual([]);
      operations += stored.length;
    }
    expect(operations).toBeGreaterThan(30_000);
  });

  it('who change the same object hear of it, and the later change stands', () => {
    const mine = editReplica(editedLabels(base()));
    const [theirs, own] = [operation({ do: 'set', to: 1, runs: [2, 0, 4] }), operation({ do: 'delete', objects: [1] })];
    mine.act(own);
    expect(mine.receive([theirs])).toEqual({ box: { left: 0, top: 0, right: 3, bottom: 2 }, contested: [1] });
    expect(shown(mine.labels.plane).slice(0, 3)).toEqual(['....22..44', '....22..44', '..........']);
    expect(mine.receive([own])).toEqual({ box: undefined, contested: [] });
    const other = editReplica(editedLabels(base()));
    other.act(theirs);
    expect(other.receive([theirs, own]).contested).toEqual([1]);
    expect(other.labels.plane.labels).toEqual(mine.labels.plane.labels);
  });

  it('who change other objects hear of none', () => {
    const mine = editReplica(editedLabels(base()));
    mine.act(operation({ do: 'delete', objects: [1] }));
    expect(mine.receive([operation({ do: 'set', to: 2, runs: [2, 4, 2] })]).contested).toEqual([]);
    expect(shown(mine.labels.plane).slice(0, 3)).toEqual(['....22..44', '....22..44', '....22....']);
  });
});
