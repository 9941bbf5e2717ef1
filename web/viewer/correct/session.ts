import type { Received } from '../../../functions/core/edit-replica.ts';
import { isOfPlane } from '../../../functions/core/edited-labels.ts';
import type { EditEntry, EditOperation, EditPlane } from '../../../functions/core/edits.ts';
import type { Acted } from './corrected-plane.ts';
import type { Draft, Gesture } from './gestures.ts';
import { planesOf } from './restoring.ts';

/** The log of one image, as the service keeps it. A call that has no answer throws. */
interface RemoteLog {
  list(after: number): Promise<{ revision: number; entries: EditEntry[]; more: boolean }>;
  append(after: number, operations: EditOperation[]): Promise<{ revision: number; entries: EditEntry[] }>;
}

/** Where operations wait, in the browser, until the service has them. */
export interface WaitingOperations {
  read(): Promise<EditOperation[]>;
  write(operations: readonly EditOperation[]): Promise<void>;
}

/** The plane in the worker. */
interface PlaneWork {
  open(plane: EditPlane, stored: EditOperation[], own: EditOperation[]): Promise<void>;
  act(gesture: Gesture): Promise<Acted>;
  restore(until: EditOperation[], since: EditOperation[]): Promise<Acted>;
  receive(operations: EditOperation[]): Promise<Received>;
}

export interface SessionState {
  /** Of the log, as it is known here. */
  revision: number;
  entries: readonly EditEntry[];
  /** Operations that wait to be stored. */
  waiting: number;
  /** Why the last attempt to store them failed; they wait. */
  trouble: string | undefined;
  canUndo: boolean;
  canRedo: boolean;
  /** Objects that somebody else changed at the same time. */
  contested: readonly number[];
  /** The plane as the log and this editor have it is shown. */
  ready: boolean;
  /** An earlier revision is shown, and nothing is corrected; 0: what the model found. */
  looking: number | undefined;
}

export interface SessionParts {
  log: RemoteLog;
  waiting: WaitingOperations;
  work: PlaneWork;
  /** Pixels of the plane changed. */
  onChange(box: NonNullable<Acted['box']>): void;
  /** All of it did. */
  onPlane(): void;
  onState(state: SessionState): void;
  onObject(object: number): void;
}

/** A stored call holds so many operations and bytes at most; a call may hold 1 MB. */
const mostSent = 100;
const mostBytes = 900_000;

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
        for (const each of planesOf(since)) {
          await open(each);
          const ofPlane = (operations: readonly EditOperation[]) => operations.filter((one) => isOfPlane(one, each));
          step(await keep(await work.restore(ofPlane(until), ofPlane(since))));
        }
        await open(shown);
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

/** As many as one call takes. */
function firstOf(operations: readonly EditOperation[]): EditOperation[] {
  const found: EditOperation[] = [];
  let bytes = 0;
  for (const operation of operations.slice(0, mostSent)) {
    bytes += JSON.stringify(operation).length;
    if (found.length > 0 && bytes > mostBytes) break;
    found.push(operation);
  }
  return found;
}
