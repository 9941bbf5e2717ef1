import { isOfPlane } from '../../../functions/core/edited-labels.ts';
import type { EditEntry, EditOperation, EditPlane } from '../../../functions/core/edits.ts';
import type { Acted } from './corrected-plane.ts';
import type { Draft, Gesture } from './gestures.ts';
import { planesTouched } from './restoring.ts';
import { firstOf } from './sent-at-once.ts';
import type { ImportedFile, SessionParts } from './session-parts.ts';

interface Step {
  plane: EditPlane;
  drafts: Draft[];
}

/** One editor at work on one image. Calls wait for each other; whoever makes them need not. */
export interface EditSession {
  start(plane: EditPlane): Promise<void>;
  show(plane: EditPlane): Promise<void>;
  act(gesture: Gesture): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** Shows an earlier revision; undefined: what stands. */
  look(revision: number | undefined): Promise<void>;
  /** Makes all planes what they were at an earlier revision, by further corrections, which can be undone. */
  restore(revision: number): Promise<void>;
  /** Makes planes what a file says, by corrections; returns how many. Nothing is changed where it throws. */
  importLabels(file: ImportedFile, planes: readonly EditPlane[]): Promise<number>;
  /** Stores what waits, and takes what others stored. */
  exchange(): Promise<void>;
  forgetContested(): void;
}

export function editSession({ log, waiting, work, ...on }: SessionParts): EditSession {
  let entries: EditEntry[] = [];
  let revision = 0;
  let own: EditOperation[] = [];
  let plane: EditPlane | undefined;
  let [undos, redos]: [Step[], Step[]] = [[], []];
  let trouble: string | undefined;
  let contested: number[] = [];
  let ready = false;
  let looking: number | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const tell = () =>
    on.onState({
      ...{ revision, entries, waiting: own.length, trouble, contested, ready, looking },
      canUndo: undos.length > 0,
      canRedo: redos.length > 0,
    });
  /** One after the other: the worker's plane follows the log. */
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const mine = last.then(step, step);
    last = mine;
    return mine;
  };
  const stored = (until = revision) => entries.flatMap((entry) => (entry.revision <= until ? entry.operations : []));
  const open = async (next: EditPlane): Promise<void> => {
    const ofPlane = (operations: readonly EditOperation[]) => operations.filter((each) => isOfPlane(each, next));
    await work.open(next, ofPlane(stored(looking)), looking === undefined ? ofPlane(own) : []);
    plane = next;
    ready = true;
    on.onPlane();
    tell();
  };
  const take = async (more: readonly EditEntry[]): Promise<void> => {
    const known = more.filter((entry) => entry.revision > revision);
    if (known.length === 0) return;
    entries = [...entries, ...known];
    revision = known.at(-1)!.revision;
    const operations = known.flatMap((entry) => entry.operations);
    const ids = new Set(operations.map(({ id }) => id));
    own = own.filter(({ id }) => !ids.has(id));
    await waiting.write(own);
    if (plane === undefined || looking !== undefined) return; // what is looked at stays as it is
    const received = await work.receive(operations.filter((each) => isOfPlane(each, plane!)));
    if (received.box !== undefined) on.onChange(received.box);
    contested = [...new Set([...contested, ...received.contested])];
  };
  const keep = async (acted: Acted): Promise<Acted> => {
    own = [...own, ...acted.operations];
    if (acted.box !== undefined) on.onChange(acted.box);
    if (acted.object !== undefined) on.onObject(acted.object);
    if (acted.operations.length > 0) await waiting.write(own);
    return acted;
  };
  const apply = async (gesture: Gesture): Promise<Acted> => keep(await work.act(gesture));
  /** Steps of this editor are on what stands. */
  const stand = async (): Promise<void> => {
    if (looking === undefined) return;
    looking = undefined;
    await open(plane!);
  };
  const step = (acted: Acted): void => {
    if (acted.operations.length === 0) return;
    undos.push({ plane: plane!, drafts: acted.undo });
    redos = [];
  };
  const back = (from: Step[], to: Step[]) =>
    inTurn(async () => {
      const last = from.pop();
      if (last === undefined) return;
      await stand();
      if (plane === undefined || !isOfPlane(last, plane)) await open(last.plane);
      const { undo } = await apply({ tool: 'undo', drafts: last.drafts });
      to.push({ plane: last.plane, drafts: undo });
      tell();
    });
  const list = async (turn: typeof inTurn): Promise<void> => {
    for (let more = true; more; ) {
      const page = await log.list(revision);
      await turn(() => take(page.entries));
      more = page.more;
    }
  };
  const store = async (): Promise<void> => {
    if (own.length === 0) await list(inTurn);
    while (own.length > 0) {
      const { entries: more } = await log.append(revision, firstOf(own));
      await inTurn(() => take(more)); // what is drawn meanwhile does not wait for the network
    }
  };
  let exchanging: Promise<void> | undefined;
  return {
    start: (first) =>
      inTurn(async () => {
        own = await waiting.read();
        await list((step) => step());
        await open(first);
      }),
    show: (next) => inTurn(() => open(next)),
    act: (gesture) =>
      inTurn(async () => {
        await stand();
        step(await apply(gesture));
        tell();
      }),
    look: (wanted) =>
      inTurn(async () => {
        looking = wanted;
        await open(plane!);
      }),
    restore: (wanted) =>
      inTurn(async () => {
        looking = undefined;
        const shown = plane!;
        const until = stored(wanted);
        const since = [...stored().slice(until.length), ...own];
        for (const each of planesTouched(since)) {
          await open(each);
          const ofPlane = (operations: readonly EditOperation[]) => operations.filter((one) => isOfPlane(one, each));
          step(await keep(await work.restore(ofPlane(until), ofPlane(since))));
        }
        await open(shown);
      }),
    importLabels: (file, planes) =>
      inTurn(async () => {
        await work.openImport(file);
        looking = undefined;
        const shown = plane!;
        let count = 0;
        for (const each of planes) {
          await open(each);
          const acted = await keep(await work.importPlane());
          step(acted);
          count += acted.operations.length;
        }
        await open(shown);
        return count;
      }),
    undo: () => back(undos, redos),
    redo: () => back(redos, undos),
    exchange() {
      exchanging ??= store()
        .then(
          () => {
            trouble = undefined;
          },
          (error: unknown) => {
            trouble = error instanceof Error ? error.message : String(error);
          },
        )
        .finally(() => {
          exchanging = undefined;
          tell();
        });
      return exchanging;
    },
    forgetContested() {
      contested = [];
      tell();
    },
  };
}
