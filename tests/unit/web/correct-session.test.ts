import { describe, expect, it } from '@jest/globals';
import type { EditEntry, EditOperation } from '../../../functions/core/edits.ts';
import { type CorrectedPlane, correctedPlane } from '../../../web/viewer/correct/corrected-plane.ts';
import { restoring } from '../../../web/viewer/correct/restoring.ts';
import { editSession } from '../../../web/viewer/correct/session.ts';
import type { SessionState } from '../../../web/viewer/correct/session-parts.ts';
import { corrected, labelsOf, operation, plane, shown } from '../../support/edit-maker.ts';

const base = () => labelsOf('11.22', '11.22', '.....', '33.44');

/** A log as the service keeps it; `fail`: why it does not answer. */
function service() {
  const entries: EditEntry[] = [];
  const state = { entries, fail: undefined as string | undefined };
  const answer = (after: number) => {
    if (state.fail !== undefined) throw new Error(state.fail);
    return { revision: entries.at(-1)?.revision ?? 0, entries: entries.slice(after), more: false };
  };
  const append = (after: number, operations: readonly EditOperation[], name: string) => {
    answer(after);
    const known = new Set(entries.flatMap((entry) => entry.operations.map(({ id }) => id)));
    const fresh = operations.filter(({ id }) => !known.has(id));
    const by = { id: name, name };
    if (fresh.length > 0)
      entries.push({ path: 'a.tif', revision: entries.length + 1, by, at: '2026-11-30T10:00:00Z', operations: fresh });
    return answer(after);
  };
  return { ...state, state, answer, append, operations: () => entries.flatMap((entry) => entry.operations) };
}

/** One editor of it; `kept`: what its browser keeps. */
function editor(log: ReturnType<typeof service>, name = 'olga', kept: EditOperation[] = []) {
  let own: CorrectedPlane | undefined;
  let state: SessionState | undefined;
  let waiting = kept;
  const session = editSession({
    log: {
      list: async (after) => log.answer(after),
      append: async (after, operations) => log.append(after, operations, name),
    },
    waiting: {
      read: async () => waiting,
      async write(operations) {
        waiting = [...operations];
      },
    },
    work: {
      async open(at, stored, mine) {
        own = correctedPlane(at, base(), { stored, own: mine });
      },
      act: async (gesture) => own!.act(gesture),
      async restore(until, since) {
        const wanted = correctedPlane(own!.plane, base(), { stored: until, own: [] }).labels.labels;
        return own!.act({ tool: 'restore', drafts: restoring({ current: own!.labels, wanted, until, since }) });
      },
      async openImport() {
        throw new Error('no file here');
      },
      async importPlane() {
        throw new Error('no file here');
      },
      receive: async (operations) => own!.receive(operations),
    },
    onChange() {},
    onPlane() {},
    onObject() {},
    onState(next) {
      state = next;
    },
  });
  return { session, rows: () => shown(own!.labels), state: () => state!, kept: () => waiting };
}

const point = (x: number, y: number) => ({ x: x + 0.5, y: y + 0.5 });
const deleteAt = (x: number, y: number) => ({ tool: 'delete' as const, point: point(x, y), object: 0 });

describe('a session of corrections', () => {
  it('shows a correction at once, keeps it until it is stored, and then no longer', async () => {
    const log = service();
    const one = editor(log);
    await one.session.start(plane);
    await one.session.act(deleteAt(0, 0));
    expect(one.rows()[0]).toBe('...22');
    expect([one.kept().length, one.state().waiting, log.operations().length]).toEqual([1, 1, 0]);
    await one.session.exchange();
    expect([one.kept().length, one.state().waiting, log.operations().length]).toEqual([0, 0, 1]);
    expect(one.state().revision).toBe(1);
  });

  it('says why nothing is stored, and stores it when the service is back, in another page too', async () => {
    const log = service();
    const one = editor(log);
    await one.session.start(plane);
    await one.session.act(deleteAt(0, 0));
    log.state.fail = 'the service does not answer';
    await one.session.exchange();
    expect(one.state()).toMatchObject({ waiting: 1, trouble: 'the service does not answer' });
    log.state.fail = undefined;
    const again = editor(log, 'olga', one.kept());
    await again.session.start(plane);
    expect(again.rows()[0]).toBe('...22');
    await again.session.exchange();
    expect([again.kept().length, log.operations().length]).toEqual([0, 1]);
    await one.session.exchange(); // the first page had not heard of it
    expect(log.operations()).toHaveLength(1);
  });

  it('undoes and redoes without end, as operations of the log', async () => {
    const one = editor(service());
    await one.session.start(plane);
    const states = [one.rows()];
    for (const [x, y] of [
      [0, 0],
      [3, 0],
      [0, 3],
      [3, 3],
    ] as const) {
      await one.session.act(deleteAt(x, y));
      states.push(one.rows());
    }
    for (let i = 3; i >= 0; i--) {
      await one.session.undo();
      expect(one.rows()).toEqual(states[i]);
    }
    expect(one.state()).toMatchObject({ canUndo: false, canRedo: true });
    for (let i = 1; i <= 4; i++) {
      await one.session.redo();
      expect(one.rows()).toEqual(states[i]);
    }
    await one.session.undo();
    await one.session.act(deleteAt(0, 0));
    expect(one.state().canRedo).toBe(true); // nothing was there to delete: redo stays
    await one.session.act({ tool: 'brush', points: [point(2, 2)], radius: 0.5, object: 0 });
    expect(one.state().canRedo).toBe(false);
  });

  it('shows what another editor stores, and says where both changed an object', async () => {
    const log = service();
    const [one, two] = [editor(log, 'olga'), editor(log, 'ute')];
    await one.session.start(plane);
    await two.session.start(plane);
    await one.session.act(deleteAt(0, 0));
    await two.session.act({ tool: 'merge', points: [point(0, 0), point(4, 0)], object: 0 });
    await one.session.exchange();
    await two.session.exchange();
    await one.session.exchange();
    expect(one.rows()).toEqual(two.rows());
    expect(one.rows()).toEqual(shown(corrected(base(), log.operations())));
    expect([one.state().contested, two.state().contested]).toEqual([[], [1]]);
    two.session.forgetContested();
    expect(two.state().contested).toEqual([]);
  });

  it('goes to another plane and back, and undoes on the plane where it was done', async () => {
    const log = service();
    const one = editor(log);
    const next = { ...plane, depth: 1 };
    await one.session.start(plane);
    await one.session.act(deleteAt(0, 0));
    await one.session.show(next);
    expect(one.rows()).toEqual(shown(base()));
    await one.session.act(deleteAt(3, 0));
    await one.session.show(plane);
    expect(one.rows()[0]).toBe('...22');
    await one.session.undo();
    expect(one.rows()).toEqual(shown(base())); // of the other plane
    expect(log.operations()).toEqual([]);
    await one.session.exchange();
    expect(log.operations().map((each) => each.plane.depth)).toEqual([0, 1, 1]);
  });

  it('shows any earlier revision, and what stands when it is left', async () => {
    const log = service();
    const one = editor(log);
    await one.session.start(plane);
    const states = [one.rows()];
    for (const x of [0, 3]) {
      await one.session.act(deleteAt(x, 0));
      await one.session.exchange();
      states.push(one.rows());
    }
    for (const revision of [1, 0, 2]) {
      await one.session.look(revision);
      expect([one.state().looking, one.rows()]).toEqual([revision, states[revision]]);
    }
    await one.session.look(0);
    const two = editor(log, 'ute');
    await two.session.start(plane);
    await two.session.act(deleteAt(0, 3));
    await two.session.exchange();
    await one.session.exchange();
    expect([one.state().revision, one.rows()]).toEqual([3, states[0]]); // what is looked at stays
    await one.session.look(undefined);
    expect([one.state().looking, one.rows()]).toEqual([undefined, two.rows()]);
  });

  it('restores a revision on all planes, with classes and accepted regions, and undoes that', async () => {
    const log = service();
    const one = editor(log);
    const next = { ...plane, depth: 1 };
    const region = { left: 0, top: 0, width: 2, height: 2 };
    const [part, more] = [region, { ...region, width: 4 }];
    await one.session.start(plane);
    await one.session.act({ tool: 'accept', region: part, accepted: true });
    await one.session.act({ tool: 'class', object: 1, name: 'neuron' });
    await one.session.exchange();
    await one.session.act(deleteAt(0, 0));
    await one.session.act({ tool: 'accept', region: more, accepted: true });
    await one.session.act({ tool: 'class', object: 1, name: 'glia' });
    await one.session.act({ tool: 'class', object: 2, name: 'glia' });
    await one.session.show(next);
    await one.session.act(deleteAt(3, 3));
    await one.session.exchange();
    await one.session.act(deleteAt(3, 0)); // waits
    await one.session.restore(1);
    expect(one.rows()).toEqual(shown(base())); // the plane that is shown
    await one.session.show(plane);
    expect(one.rows()).toEqual(shown(base()));
    await one.session.exchange();
    const restored = log.operations().filter(({ tool }) => tool === 'restore');
    const said = restored.map(({ id: _, plane: { depth }, tool: __, ...rest }) => ({ depth, ...rest }));
    expect(said.filter(({ do: what }) => what !== 'set')).toEqual([
      { depth: 0, do: 'class', object: 1, name: 'neuron' },
      { depth: 0, do: 'class', object: 2 },
      { depth: 0, do: 'accept', region: more, accepted: false },
      { depth: 0, do: 'accept', region: part, accepted: true },
    ]);
    for (const depth of [0, 1]) {
      const ofPlane = log.operations().filter((each) => each.plane.depth === depth);
      expect(shown(corrected(base(), ofPlane))).toEqual(shown(base()));
    }
    await one.session.undo();
    await one.session.undo();
    await one.session.show(plane);
    expect(one.rows()[0]).toBe('...22');
  });

  it('sends many corrections in calls that the service takes', async () => {
    const log = service();
    const kept = Array.from({ length: 250 }, (_, i) => operation({ do: 'set', to: 0, runs: [0, i % 5, 1] }));
    const one = editor(log, 'olga', kept);
    await one.session.start(plane);
    await one.session.exchange();
    expect(log.state.entries.map(({ operations }) => operations.length)).toEqual([100, 100, 50]);
  });
});
