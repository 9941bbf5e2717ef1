import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useService } from '../../api/context.tsx';
import type { PlaneChoice } from '../messages.ts';
import { planesOf } from '../planes.ts';
import { drawingOf, type Shown } from './drawing.ts';
import type { Gesture } from './gestures.ts';
import { regionToAccept } from './region-to-accept.ts';
import { type EditSession, editSession } from './session.ts';
import type { SessionState } from './session-parts.ts';
import { type CorrectCommand, radii, type Tool } from './tools.ts';
import { waitingOperations } from './waiting-operations.ts';

/** Which image of which job is corrected. */
export interface Correctable {
  id: string;
  path: string;
}

interface CorrectionParts extends Shown {
  of: Correctable | undefined;
  labelPlane: PlaneChoice;
}

/** What waits is stored so soon, and others' corrections are asked for as often. */
const exchangeEveryMs = 2000;

const atFirst: SessionState = {
  ...{ revision: 0, entries: [], waiting: 0, trouble: undefined, contested: [] },
  ...{ canUndo: false, canRedo: false, ready: false, looking: undefined },
};

/** Corrects the labels that are shown, while it is switched on. */
export function useCorrection(parts: CorrectionParts) {
  const { of, labelLayer, labelPlane, objects, scene } = parts;
  const [isOn, setOn] = useState(false);
  const [tool, setTool] = useState<Tool>('brush');
  const [radius, setRadius] = useState(radii.usual);
  const [level, setLevel] = useState(0);
  const [failure, setFailure] = useState<string>();
  const { session, state } = useSession({ ...parts, isOn, onFailure: setFailure });
  const now = useRef({ ...parts, tool, radius, level, session });
  now.current = { ...parts, tool, radius, level, session };

  const act = useCallback(async (gesture: Gesture): Promise<void> => {
    try {
      await now.current.session?.act(gesture);
      setFailure(undefined);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  }, []);
  const drawing = useMemo(() => drawingOf(() => now.current, act), [act]);
  const accept = (command: { whole?: true }): void => {
    const region = regionToAccept(command, scene, labelLayer);
    if (region !== undefined) void act({ tool: 'accept', region, accepted: true });
  };
  const obey = (command: CorrectCommand): void => {
    const { selected } = objects;
    if (command.do === 'tool') setTool(command.tool);
    else if (command.do === 'radius')
      setRadius((before) => Math.min(radii.most, Math.max(radii.least, before + command.by)));
    else if (command.do === 'undo') void session?.undo();
    else if (command.do === 'redo') void session?.redo();
    else if (command.do === 'deleteChosen' && selected > 0)
      void act({ tool: 'delete', point: { x: -1, y: -1 }, object: selected });
    else if (command.do === 'accept') accept(command);
  };
  const isPossible = of !== undefined && labelLayer !== undefined;
  /** What may fail in the worker, said where tools say it. */
  const during = (work: Promise<void> | undefined): void => {
    work?.then(
      () => setFailure(undefined),
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return {
    obey(command: CorrectCommand) {
      if (state.looking === undefined) obey(command); // an earlier revision is only looked at
    },
    look: (revision: number | undefined) => during(session?.look(revision)),
    restore: (revision: number) => during(session?.restore(revision)),
    /** Returns how many corrections it took. Throws what is wrong with the file. */
    importLabels: async (file: File): Promise<number> =>
      session === undefined || labelLayer === undefined
        ? 0
        : session.importLabels({ name: file.name, blob: file }, planesOf(labelLayer.opened.info)),
    ...{ isPossible, isOn: isOn && isPossible, setOn, tool, setTool, radius, setRadius, level, setLevel },
    ...{ state, session, failure, act, plane: labelPlane, of },
    drawing: isOn && state.ready && state.looking === undefined && tool !== 'choose' ? drawing : undefined,
  };
}

export type Correction = ReturnType<typeof useCorrection>;

/** The session of the image, for as long as it is switched on. */
function useSession({
  of,
  labelLayer,
  labelPlane,
  objects: { select },
  isOn,
  onFailure,
}: CorrectionParts & { isOn: boolean; onFailure(why: string): void }) {
  const { call } = useService();
  const [session, setSession] = useState<EditSession>();
  const [state, setState] = useState<SessionState>(atFirst);
  const first = useRef(labelPlane);
  first.current = labelPlane;
  const { id, path } = of ?? {};
  useEffect(() => {
    if (!isOn || id === undefined || path === undefined || labelLayer === undefined) return;
    const { worker } = labelLayer;
    let gone = false;
    const params = { id };
    const own = editSession({
      log: {
        list: (after) => call('listEdits', { params, query: { path, after: String(after) } }),
        append: (after, operations) => call('addEdits', { params, body: { path, after, operations } }),
      },
      waiting: waitingOperations(id, path),
      work: {
        open: async (plane, stored, waiting) => void (await worker.ask('correct', { plane, stored, own: waiting })),
        act: (gesture) => worker.ask('act', gesture),
        restore: (until, since) => worker.ask('restore', { until, since }),
        openImport: async (file) => void (await worker.ask('openImport', file)),
        importPlane: () => worker.ask('importPlane', undefined),
        receive: (operations) => worker.ask('receive', operations),
      },
      onChange: (box) => labelLayer.refresh(box),
      onPlane: () => labelLayer.refresh(),
      onState: (next) => {
        if (!gone) setState(next);
      },
      onObject: select,
    });
    setSession(own);
    own.start(first.current).catch((error: unknown) => {
      if (!gone) onFailure(error instanceof Error ? error.message : String(error));
    });
    const timer = setInterval(() => void own.exchange(), exchangeEveryMs);
    return () => {
      gone = true;
      clearInterval(timer);
      void own.exchange(); // what is not stored then waits in this browser
      setSession(undefined);
      setState(atFirst);
      worker.ask('uncorrect', undefined).then(
        () => labelLayer.refresh(),
        () => {}, // the worker is gone with its image
      );
    };
  }, [isOn, id, path, labelLayer, call, select, onFailure]);
  const { ready } = state;
  const { position, time, depth } = labelPlane;
  const shown = useRef('');
  useEffect(() => {
    const wanted = `${position} ${time} ${depth}`;
    if (!ready) {
      shown.current = wanted; // it starts with this one
      return;
    }
    if (shown.current === wanted) return;
    shown.current = wanted;
    session?.show({ position, time, depth }).catch((error: unknown) => onFailure(String(error)));
  }, [session, ready, position, time, depth, onFailure]);
  return { session, state };
}
