import { useEffect, useRef, useState } from 'react';
import { useService } from '../../api/context.tsx';
import type { CorrectionParts } from './correction-parts.ts';
import { type EditSession, editSession } from './session.ts';
import type { SessionState } from './session-parts.ts';
import { waitingOperations } from './waiting-operations.ts';

/** What waits is stored so soon, and others' corrections are asked for as often. */
const exchangeEveryMs = 2000;

const atFirst: SessionState = {
  ...{ revision: 0, entries: [], waiting: 0, trouble: undefined, contested: [] },
  ...{ canUndo: false, canRedo: false, ready: false, looking: undefined },
};

/** The session of the image, for as long as it is switched on. */
export function useSession({
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
