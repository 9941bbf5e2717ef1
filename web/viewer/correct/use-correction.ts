import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useService } from '../../api/context.tsx';
import type { Drawing } from '../image-view.tsx';
import type { PlaneChoice } from '../messages.ts';
import type { Scene } from '../scene.ts';
import type { TileLayer } from '../tile-layer.ts';
import type { Channel } from '../use-channels.ts';
import type { Objects } from '../use-objects.ts';
import type { Point } from '../viewport.ts';
import type { Gesture } from './gestures.ts';
import { regionToAccept } from './region-to-accept.ts';
import { type EditSession, editSession, type SessionState } from './session.ts';
import { type Stroke, showStroke } from './stroke.ts';
import { type CorrectCommand, radii, type Tool } from './tools.ts';
import { waitingOperations } from './waiting-operations.ts';

/** Which image of which job is corrected. */
export interface Correctable {
  id: string;
  path: string;
}

interface CorrectionParts {
  of: Correctable | undefined;
  layer: TileLayer;
  labelLayer: TileLayer | undefined;
  plane: PlaneChoice;
  labelPlane: PlaneChoice;
  channels: readonly Channel[];
  objects: Objects;
  scene: Scene | undefined;
}

/** What waits is stored so soon, and others' corrections are asked for as often. */
const exchangeEveryMs = 2000;

const atFirst: SessionState = {
  ...{ revision: 0, entries: [], waiting: 0, trouble: undefined, contested: [] },
  ...{ canUndo: false, canRedo: false, ready: false },
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
  return {
    ...{ isPossible, isOn: isOn && isPossible, setOn, tool, setTool, radius, setRadius, level, setLevel },
    ...{ state, session, failure, act, obey, plane: labelPlane, of },
    drawing: isOn && state.ready && tool !== 'choose' ? drawing : undefined,
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

/** Turns what is drawn into a gesture. The stroke is over the picture at once, until the labels have it. */
function drawingOf(
  now: () => CorrectionParts & { tool: Tool; radius: number; level: number },
  act: (gesture: Gesture) => Promise<void>,
): Drawing {
  let stroke: Stroke | undefined;
  const finish = async (points: Point[]): Promise<void> => {
    const gesture = await gestureOf(points, now());
    if (gesture !== undefined) await act(gesture);
  };
  return {
    begin(point) {
      const { scene, labelLayer, tool, radius } = now();
      const own: Stroke = {
        points: [point],
        radius: tool === 'brush' || tool === 'eraser' ? radius : undefined,
        closed: tool === 'lasso',
      };
      stroke = own;
      if (scene !== undefined)
        showStroke(
          scene,
          () => own,
          () => stroke !== own && labelLayer?.state().kind !== 'loading',
        );
    },
    add(points) {
      stroke?.points.push(...points);
      now().scene?.redraw();
    },
    end() {
      const ended = stroke;
      if (ended === undefined) return;
      void finish(ended.points).finally(() => {
        if (stroke === ended) stroke = undefined;
        now().scene?.redraw();
      });
    },
    cancel() {
      stroke = undefined;
      now().scene?.redraw();
    },
  };
}

async function gestureOf(
  points: Point[],
  {
    tool,
    radius,
    level,
    objects: { selected: object },
    layer,
    plane,
    channels,
  }: ReturnType<Parameters<typeof drawingOf>[0]>,
): Promise<Gesture | undefined> {
  const point = points.at(-1)!;
  switch (tool) {
    case 'brush':
    case 'eraser':
      return { tool, points, radius, object };
    case 'lasso':
    case 'split':
    case 'merge':
      return { tool, points, object };
    case 'fill':
      return { tool, point, object };
    case 'delete':
      return { tool, point, object: 0 };
    case 'click': {
      const { channel, sample } = channels.find(({ shown }) => shown) ?? { channel: 0, sample: 0 };
      const runs = await layer.worker.ask('grow', { plane, source: { channel, sample }, point, level });
      return { tool, runs };
    }
    default:
      return undefined;
  }
}
